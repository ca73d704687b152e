#include "plugin/lv2/bank_loader.h"

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
    else if (missing_ && !find_bank(wanted_).empty() && open(wanted_).empty())
        answer({}, Cause::request);
}

void BankLoader::carry_out(const Request& request) {
    if (request.program < 0) return answer(open({request.path.c_str(), {}, wanted_.session}), Cause::request);
    const auto banks = installed_banks();
    if (static_cast<uint64_t>(request.program) < banks.size())
        answer(open({banks[static_cast<size_t>(request.program)], {}, wanted_.session}), Cause::request);
}

void BankLoader::load(const WantedBank& wanted) {
    const std::lock_guard lock(mutex_);
    std::string message = open(wanted);
    if (!message.empty()) {
        // What a session asks for is kept even if it is not there now: saving again must not lose it.
        wanted_ = wanted;
        missing_ = true;
        instrument_.exchange_bank(nullptr);
        if (find_bank(wanted).empty())
            message = wanted.path + ": missing; it plays as soon as it is there again, beside the session, or in " +
                      bank_folders().front().string();
    }
    answer(message, Cause::state);
}

WantedBank BankLoader::wanted() const {
    const std::lock_guard lock(mutex_);
    return wanted_;
}

std::string BankLoader::open(const WantedBank& wanted) {
    try {
        WantedBank opened;
        std::shared_ptr<const engine::Bank> bank;
        if (!wanted.path.empty()) {
            const std::filesystem::path found = find_bank(wanted);
            bank = engine::Bank::open(found.empty() ? wanted.path : found.string());
            opened = {bank->path(), bank_id(bank->head_hash()), wanted.session};
        }
        instrument_.exchange_bank(std::move(bank));
        wanted_ = std::move(opened);
        missing_ = false;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace timbrel::lv2
