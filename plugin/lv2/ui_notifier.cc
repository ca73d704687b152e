#include "plugin/lv2/ui_notifier.h"

namespace timbrel::lv2 {

namespace {
constexpr double load_seconds = 0.5; // over which the load is a mean
}

void Observer::watch() {
    if (lease_ <= 0) {
        started_ = std::chrono::steady_clock::now(); // the block has begun unwatched
        busy_ = measured_ = 0;
    }
    lease_ = display_lease_seconds * rate_;
}

bool Observer::end(const engine::Instrument& instrument, uint32_t frames) {
    if (lease_ <= 0) return false;
    lease_ -= frames;
    busy_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    measured_ += frames;
    since_told_ += frames;
    const engine::Notices notices = instrument.notices();
    const bool moves = notices.voices > 0 || display_.voices > 0 || notices.x != display_.x || notices.y != display_.y;
    if (since_told_ < rate_ / (moves ? display_hertz : display_rest_hertz)) return false;
    since_told_ = 0;
    if (measured_ >= load_seconds * rate_) {
        display_.load = static_cast<float>(busy_ * rate_ / measured_);
        busy_ = measured_ = 0;
    }
    display_.x = notices.x;
    display_.y = notices.y;
    display_.voices = static_cast<float>(notices.voices);
    display_.misses = static_cast<float>(notices.misses);
    display_.lost_events = static_cast<float>(notices.lost_events);
    display_.rate = static_cast<float>(rate_);
    display_.block = static_cast<float>(frames);
    display_.note_count = instrument.sounding_notes(display_.notes);
    return true;
}

} // namespace timbrel::lv2
