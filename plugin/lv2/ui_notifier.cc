// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/ui_notifier.h"

namespace timbrel::lv2 {

namespace {
constexpr double load_seconds = 0.5; // the load is averaged over these
}

void UiNotifier::renew_lease() noexcept TIMBREL_REALTIME {
    if (lease_ <= 0) {
        started_ = std::chrono::steady_clock::now(); // the present block began without a lease
        busy_ = measured_ = 0;
    }
    lease_ = display_lease_seconds * rate_;
}

bool UiNotifier::end_block(const engine::Synth& synth, uint32_t frames) noexcept TIMBREL_REALTIME {
    if (lease_ <= 0) return false;
    lease_ -= frames;
    busy_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    measured_ += frames;
    since_sent_ += frames;
    const engine::EngineStatus status = synth.status();
    const bool active = status.voices > 0 || display_.voices > 0 || status.x != display_.x || status.y != display_.y;
    if (since_sent_ < rate_ / (active ? display_hertz : display_idle_hertz)) return false;
    since_sent_ = 0;
    if (measured_ >= load_seconds * rate_) {
        display_.load = static_cast<float>(busy_ * rate_ / measured_);
        busy_ = measured_ = 0;
    }
    display_.x = status.x;
    display_.y = status.y;
    display_.voices = static_cast<float>(status.voices);
    display_.dropouts = static_cast<float>(status.dropouts);
    display_.lost_events = static_cast<float>(status.lost_events);
    display_.rate = static_cast<float>(rate_);
    display_.block = static_cast<float>(frames);
    display_.note_count = synth.active_notes(display_.notes);
    return true;
}

} // namespace timbrel::lv2
