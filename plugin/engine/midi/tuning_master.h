// SPDX-License-Identifier: GPL-3.0-or-later
// A client of MTS-ESP, by which one plugin, the master, tunes all instruments of a session
// (https://github.com/ODDSound/MTS-ESP). Its library is opened at run time where it is installed. The library's tables
// of frequencies may change at any time, by other threads or processes; a frequency is read atomically.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/midi/tuning.h"

#include <array>
#include <cstdint>
#include <limits>

namespace timbrel::engine {

// What became of the master's tuning; for display.
enum class TuningMasterStatus : uint8_t {
    absent,            // no library, or no master
    followed,          // by all channels
    scale_overrides,   // no channel follows, because a scale is set
    message_overrides, // some channels do not follow, because MIDI Tuning Standard messages tune them
};

class TuningMaster {
  public:
    static constexpr int any_channel = -1; // where channels do not tell instruments apart, as with MPE

    // Thread: control. Looks for libMTS.so where the system finds libraries, then in /usr/local/lib. Without it, there
    // is never a master.
    TuningMaster();
    ~TuningMaster(); // control, once no other thread uses the object
    TuningMaster(const TuningMaster&) = delete;
    TuningMaster& operator=(const TuningMaster&) = delete;

    // Thread: audio, for all that follow. `channel`: 0–15 or any_channel.

    // Looks whether a master is there; the other functions keep this state until the next call. Call it every tick.
    bool update() noexcept TIMBREL_REALTIME { return present_ = has_master_ && table_ && has_master_(); }
    bool present() const noexcept TIMBREL_REALTIME { return present_; }

    // The pitch of a key, as in Tuning. A key without a valid frequency has that of equal temperament. Only with a
    // master.
    float pitch(int channel, uint8_t key) noexcept TIMBREL_REALTIME;
    // Whether new notes of a key are to stay silent. Only with a master.
    bool is_silent(int channel, uint8_t key) const noexcept TIMBREL_REALTIME;

  private:
    // The library's interface; each is null if it is missing.
    using Procedure = void();
    using HasMaster = bool();
    using Table = const double*(); // 128 frequencies in Hz
    using ChannelTable = const double*(signed char channel);
    using HasChannelTable = bool(signed char channel);
    using IsSilent = bool(char key, signed char channel);

    bool has_channel_table(int channel) const {
        return channel >= 0 && has_channel_table_ && has_channel_table_(channel_of(channel));
    }
    static signed char channel_of(int channel) { return static_cast<signed char>(channel); }

    void* library_ = nullptr;
    Procedure* deregister_ = nullptr;
    HasMaster* has_master_ = nullptr;
    HasChannelTable* has_channel_table_ = nullptr;
    IsSilent *is_silent_ = nullptr, *is_silent_on_channel_ = nullptr;
    const double* table_ = nullptr;
    std::array<const double*, 16> channel_tables_{};
    bool present_ = false;

    // Frequencies that were converted, so that a logarithm is computed only for a change: one row for each channel and
    // one for all.
    struct Converted {
        double hertz = std::numeric_limits<double>::quiet_NaN();
        float pitch = 0;
    };
    std::array<std::array<Converted, 128>, 17> converted_{};
};

} // namespace timbrel::engine
