// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/bank_loader.h"

#include <chrono>
#include <exception>

namespace timbrel::lv2 {

namespace {
constexpr std::chrono::seconds check_interval{1}; // of the file of the bank in use
}

void BankLoader::request(std::string_view path) noexcept TIMBREL_REALTIME {
    if (path.size() >= path_bytes) return;
    Request& request = requests_.draft();
    request.path.set(path);
    request.program = -1;
    requests_.publish();
}

void BankLoader::request_program(uint32_t number) noexcept TIMBREL_REALTIME {
    requests_.draft().program = number;
    requests_.publish();
}

void BankLoader::process_requests() {
    check_file();
    const std::lock_guard lock(mutex_);
    if (requests_.take())
        execute(requests_.value());
    else if (missing_ && !find_bank(reference_).empty() && open(reference_).empty())
        publish({}, Origin::request);
}

// Waits for the disk without the mutex: saving a session must not wait for it.
void BankLoader::check_file() {
    const std::shared_ptr<const engine::Bank> bank = synth_.bank();
    if (!bank) return;
    const std::string fault = bank->check_file(check_interval);
    const std::lock_guard lock(mutex_);
    if (fault == reported_fault_ || synth_.bank() != bank) return;
    reported_fault_ = fault;
    publish(fault, Origin::state);
}

void BankLoader::execute(const Request& request) {
    const auto open_path = [this](const std::string& path) {
        publish(open({path, {}, reference_.session}), Origin::request);
    };
    if (request.program < 0) return open_path(request.path.c_str());
    const auto banks = installed_banks();
    if (static_cast<uint64_t>(request.program) < banks.size()) open_path(banks[static_cast<size_t>(request.program)]);
}

void BankLoader::load(const BankReference& reference) {
    const std::lock_guard lock(mutex_);
    std::string message = open(reference);
    if (!message.empty()) {
        // Keeps the reference to a missing bank, so that saving again does not lose it.
        reference_ = reference;
        missing_ = true;
        synth_.exchange_bank(nullptr);
        if (find_bank(reference).empty())
            message = reference.path + ": missing; it plays as soon as it is next to the session or in " +
                      bank_folders().front().string();
    }
    publish(message, Origin::state);
}

BankReference BankLoader::reference() const {
    const std::lock_guard lock(mutex_);
    return reference_;
}

std::string BankLoader::open(const BankReference& reference) {
    try {
        BankReference opened;
        std::shared_ptr<const engine::Bank> bank;
        if (!reference.path.empty()) {
            const std::filesystem::path found = find_bank(reference);
            bank = engine::Bank::open(found.empty() ? reference.path : found.string());
            opened = {bank->path(), bank_id(bank->head_hash()), reference.session, recipe_text(bank->metadata())};
        }
        synth_.exchange_bank(std::move(bank));
        reported_fault_.clear();
        reference_ = std::move(opened);
        missing_ = false;
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace timbrel::lv2
