#include "plugin/lv2/bank_loader.h"

#include "plugin/lv2/bank_search.h"

#include <exception>

namespace timbrel::lv2 {

void BankLoader::request(std::string_view path) {
    if (path.size() >= path_bytes) return;
    Request& request = requests_.draft();
    request.path.set(path);
    request.program = -1;
    requests_.publish();
}

void BankLoader::request_program(uint32_t number) {
    requests_.draft().program = number;
    requests_.publish();
}

void BankLoader::attend() {
    const std::lock_guard lock(mutex_);
    if (requests_.take())
        carry_out(requests_.value());
    else if (missing_ && !find_bank(wanted_.path, wanted_.id).empty() && open(wanted_).empty())
        answer({});
}

void BankLoader::carry_out(const Request& request) {
    if (request.program < 0) return answer(open({request.path.c_str(), {}}));
    const auto banks = installed_banks();
    if (static_cast<uint64_t>(request.program) < banks.size())
        answer(open({banks[static_cast<size_t>(request.program)], {}}));
}

void BankLoader::load(const WantedBank& wanted) {
    const std::lock_guard lock(mutex_);
    const std::string message = open(wanted);
    if (!message.empty()) {
        // What a session asks for is kept even if it is not there now: saving again must not lose it.
        wanted_ = wanted;
        missing_ = true;
        instrument_.exchange_bank(nullptr);
    }
    answer(message);
}

WantedBank BankLoader::wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
}

std::string BankLoader::open(const WantedBank& wanted) {
    try {
        WantedBank opened;
        std::shared_ptr<const Bank> bank;
        if (!wanted.path.empty()) {
            const std::filesystem::path found = find_bank(wanted.path, wanted.id);
            bank = Bank::open(found.empty() ? wanted.path : found.string());
            opened = {bank->path(), bank_id(bank->head_hash())};
        }
        instrument_.exchange_bank(std::move(bank));
        wanted_ = std::move(opened);
        missing_ = false;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

void BankLoader::answer(const std::string& message) {
    if (!message.empty()) lv2_log_error(&log_, "Timbrel: %s\n", message.c_str());
    BankReport& report = reports_.draft();
    report.path.set(wanted_.path);
    report.message.set(message);
    reports_.publish();
}

} // namespace timbrel::lv2
