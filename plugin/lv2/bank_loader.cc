#include "plugin/lv2/bank_loader.h"

#include "plugin/lv2/bank_search.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <exception>

namespace timbrel::lv2 {

namespace {

constexpr time_t retry_seconds = 2;

template<size_t size>
void set_text(std::array<char, size>& to, const std::string& from) {
    const size_t length = std::min(from.size(), size - 1);
    std::memcpy(to.data(), from.data(), length);
    to[length] = 0;
}

} // namespace

BankLoader::BankLoader(Instrument& instrument, const LV2_Log_Logger& log) : instrument_(instrument), log_(log) {
    sem_init(&wake_, 0, 0);
    thread_ = std::thread([this] { work(); });
}

BankLoader::~BankLoader() {
    stop_ = true;
    sem_post(&wake_);
    thread_.join();
    sem_destroy(&wake_);
}

void BankLoader::request(const char* path, uint32_t size) {
    const uint32_t length = static_cast<uint32_t>(strnlen(path, size));
    if (length >= path_bytes) return;
    Request& request = requests_.draft();
    std::memcpy(request.path.data(), path, length);
    request.path[length] = 0;
    requests_.publish();
    asked_.fetch_add(1, std::memory_order_release);
    sem_post(&wake_);
}

void BankLoader::wait() const {
    for (;;) {
        const uint32_t answered = answered_.load(std::memory_order_acquire);
        if (answered == asked_.load(std::memory_order_relaxed)) return;
        answered_.wait(answered, std::memory_order_acquire);
    }
}

void BankLoader::work() {
    for (;;) {
        timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += retry_seconds;
        while (sem_timedwait(&wake_, &until) != 0 && errno == EINTR) {
        }
        if (stop_) return;
        const uint32_t asked = asked_.load(std::memory_order_acquire);
        {
            const std::lock_guard lock(mutex_);
            if (requests_.take()) {
                answer(open({requests_.value().path.data(), {}}));
            } else if (missing_ && !find_bank(wanted_.path, wanted_.id).empty()) {
                if (open(wanted_).empty()) answer({});
            }
        }
        answered_.store(asked, std::memory_order_release);
        answered_.notify_all();
        instrument_.collect();
    }
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
    set_text(report.path, wanted_.path);
    set_text(report.message, message);
    reports_.publish();
}

} // namespace timbrel::lv2
