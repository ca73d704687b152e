// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/render/renderer.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "common/text/xy_path.h"
#include "common/units.h"
#include "common/wav_writer.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/lv2/atoms/patch.h"
#include "host/lv2/instance.h"
#include "host/lv2/parameter_settings.h"
#include "host/lv2/presets.h"
#include "host/render/midi_file.h"
#include "plugin/engine/core/engine_limits.h"
#include "plugin/lv2/shared/ports.h"

#include <lv2/core/lv2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace timbrel::host {

namespace {

constexpr uint32_t control_frames = engine::tick_frames; // interval of X and Y updates, on a grid from frame 0
constexpr float silence_level = 1e-5f;                   // −100 dBFS
constexpr double silence_seconds = 0.25;                 // of silence after the song end the file
constexpr double max_tail_seconds = 60;                  // after the song

bool is_program_change(const std::vector<std::byte>& message) {
    return (message[0] & std::byte{0xf0}) == std::byte{0xc0};
}

bool is_note_on(const SongEvent& event) {
    return (event.bytes[0] & std::byte{0xf0}) == std::byte{0x90} && event.bytes[2] != std::byte{0};
}

// Whether the options leave an event of the song out.
bool is_skipped(const SongEvent& event, const RenderOptions& options) {
    const int status = std::to_integer<int>(event.bytes[0]);
    if (status >= 0xf0) return false;
    return std::ranges::count(options.skipped_channels, (status & 0xf) + 1) > 0 ||
           (!options.programs && is_program_change(event.bytes));
}

// Reads the song, and warns of what is wrong with it.
Song load_song(const RenderOptions& options) {
    Song song = read_song(options.song);
    std::erase_if(song.events, [&](const SongEvent& event) { return is_skipped(event, options); });
    const auto warn = [&](const std::string& text) {
        std::fprintf(stderr, "timbrel: %s: %s\n", printable(options.song, max_printed_line).c_str(), text.c_str());
    };
    if (!song.damage.empty()) warn("damaged: " + song.damage + "; the rest is played");
    if (std::ranges::none_of(song.events, is_note_on)) warn("has no notes to play");
    return song;
}

using TimedMessage = std::pair<uint64_t, std::vector<std::byte>>; // frame, MIDI message

// The song's events by frame. At the end all keys and pedals are released, so that the tail decays.
std::vector<TimedMessage> schedule(const Song& song, double rate, uint64_t end) {
    std::vector<TimedMessage> events;
    for (const SongEvent& event : song.events)
        events.emplace_back(static_cast<uint64_t>(std::llround(event.seconds * rate)), event.bytes);
    for (int channel = 0; channel < 16; ++channel)
        for (const int controller : {64, 66, 123})
            events.emplace_back(end, std::vector{std::byte(0xb0 | channel), std::byte(controller), std::byte(0)});
    return events;
}

class SongRenderer {
  public:
    explicit SongRenderer(const RenderOptions& options)
        : options_(options), song_(load_song(options)),
          path_(options.xy.empty() ? std::optional<XyPath>() : XyPath::read(options.xy)),
          bank_(resolve_bank(options.bank)), plugin_(world_.timbrel_plugin()),
          instance_(world_, plugin_, urids_, instance_options(options)),
          settings_(parse_settings(instance_, options.settings)), x_(port("x")), y_(port("y")),
          out_left_(port("out_left")), out_right_(port("out_right")),
          end_(static_cast<uint64_t>(std::llround(song_.seconds * options.rate))),
          events_(schedule(song_, options.rate, end_)), left_(options.block), right_(options.block) {}

    void write_file() {
        prepare();
        WavWriter file(options_.out, options_.rate, 2,
                       options_.float32 ? WavWriter::Format::float32 : WavWriter::Format::pcm24);
        const uint64_t limit = end_ + static_cast<uint64_t>(max_tail_seconds * options_.rate);
        std::vector<float> interleaved;
        for (bool audible = true; audible && frame_ < limit;) {
            const uint64_t begin = frame_;
            render_block(static_cast<uint32_t>(std::min<uint64_t>(options_.block, limit - frame_)));
            check_bank();
            interleaved.clear();
            for (uint64_t i = 0; audible && i < frame_ - begin; ++i) {
                interleaved.push_back(left_[i]);
                interleaved.push_back(right_[i]);
                audible = still_audible(begin + i, std::max(std::fabs(left_[i]), std::fabs(right_[i])));
            }
            file.write(interleaved);
        }
        file.finish();
        if (file.peak() > 1 && !options_.float32)
            std::fprintf(stderr, "timbrel: %s: clipped at a peak of %+.1f dBFS; reduce it with --set level=DB\n",
                         printable(options_.out, max_printed_line).c_str(), amplitude_to_db(double{file.peak()}));
    }

  private:
    static InstanceOptions instance_options(const RenderOptions& options) {
        const auto block = static_cast<uint32_t>(options.block);
        return {static_cast<double>(options.rate), block, block, Worker::Mode::offline};
    }

    uint32_t port(const char* symbol) const { return instance_.find(symbol)->index; }

    // Loads settings and bank before the first frame of the song; the output of this time is not written.
    void prepare() {
        if (const Port* const freewheel = instance_.find_designated(LV2_CORE__freeWheeling, true))
            instance_.set_control(freewheel->index, 1);
        instance_.activate();
        if (!options_.state.empty()) load_state(world_, urids_, instance_, options_.state);
        if (!options_.preset.empty())
            restore_state(urids_, find_preset(world_, urids_, instance_, options_.preset).get(), instance_);
        for (const auto& [index, value] : settings_) instance_.send_control(index, value);
        if (options_.x) instance_.send_control(x_, *options_.x);
        if (options_.y) instance_.send_control(y_, *options_.y);
        if (path_) {
            instance_.send_control(x_, path_->at(0).x);
            instance_.send_control(y_, path_->at(0).y);
        }
        send_tuning_files(options_.tuning, instance_);
        instance_.send_path(lv2::bank_property, bank_);
        // While freewheeling the plugin waits for its bank, so it has loaded it and replied after the first run.
        const uint32_t part = std::min<uint32_t>(options_.block, control_frames);
        for (uint32_t done = 0; done < control_frames; done += part) {
            instance_.begin_block();
            instance_.run(std::min(part, control_frames - done));
        }
        message_ = "the plugin did not answer";
        read_replies();
        if (loaded_ != bank_ || !message_.empty()) throw Error(bank_ + ": cannot be played: " + message_);
    }

    void read_replies() {
        for (std::vector<std::byte> atom = instance_.receive(); !atom.empty(); atom = instance_.receive()) {
            const std::optional<PatchSet> set = read_patch_set(urids_, atom);
            if (set && set->property == lv2::bank_property) loaded_ = set->text;
            if (set && set->property == lv2::message_property) message_ = set->text;
        }
    }

    // Throws when the plugin says that the file of the bank it plays has changed or cannot be read. Messages about
    // other banks, such as those of program changes, are in the log.
    void check_bank() {
        read_replies();
        if (message_.rfind(loaded_ + ": ", 0) == 0) throw Error(message_);
    }

    void render_block(uint32_t frames) {
        for (uint32_t done = 0; done < frames;) {
            const auto to_update = static_cast<uint32_t>(control_frames - frame_ % control_frames);
            const uint32_t part = until_program_change(std::min(frames - done, to_update));
            run_part(done, part);
            done += part;
            frame_ += part;
        }
    }

    // Shortens a run to end before the next program change, because the plugin changes banks between blocks.
    uint32_t until_program_change(uint32_t frames) const {
        for (size_t i = next_; i < events_.size() && events_[i].first < frame_ + frames; ++i)
            if (events_[i].first > frame_ && is_program_change(events_[i].second))
                return static_cast<uint32_t>(events_[i].first - frame_);
        return frames;
    }

    void run_part(uint32_t offset, uint32_t frames) {
        instance_.begin_block();
        if (path_ && frame_ % control_frames == 0) {
            const XyPoint point = path_->at(static_cast<double>(frame_) / options_.rate);
            instance_.set_control(x_, point.x);
            instance_.set_control(y_, point.y);
        }
        send_transport(frames);
        for (; next_ < events_.size() && events_[next_].first < frame_ + frames; ++next_)
            instance_.midi(static_cast<uint32_t>(events_[next_].first - frame_), events_[next_].second);
        instance_.connect_audio(out_left_, left_.data() + offset);
        instance_.connect_audio(out_right_, right_.data() + offset);
        instance_.run(frames);
    }

    // Sends the transport position at the first frame and at tempo changes; the plugin extrapolates in between. A tempo
    // change is sent at the start of the run that contains it, with the position extrapolated back to there.
    void send_transport(uint32_t frames) {
        TransportPosition song{true, static_cast<int64_t>(frame_)};
        const double now = static_cast<double>(frame_) / options_.rate;
        const bool first = frame_ == 0;
        const size_t previous = next_tempo_;
        while (next_tempo_ < song_.tempi.size() &&
               std::llround(song_.tempi[next_tempo_].seconds * options_.rate) < static_cast<int64_t>(frame_ + frames))
            ++next_tempo_;
        if (next_tempo_ > 0) {
            const SongTempo& tempo = song_.tempi[next_tempo_ - 1];
            song.beats_per_minute = tempo.beats_per_minute;
            song.beat = tempo.beat + (now - tempo.seconds) * tempo.beats_per_minute / 60;
            song.beats_per_bar = tempo.beats_per_bar;
        }
        if (first || next_tempo_ != previous) instance_.position(0, song);
    }

    bool still_audible(uint64_t frame, float level) {
        if (level > silence_level || frame < end_) silence_start_ = frame + 1;
        return frame + 1 - silence_start_ < static_cast<uint64_t>(silence_seconds * options_.rate);
    }

    const RenderOptions& options_;
    Song song_;
    std::optional<XyPath> path_;
    std::string bank_;
    World world_;
    UridTable urids_;
    const LilvPlugin* plugin_;
    Instance instance_;
    std::vector<std::pair<uint32_t, float>> settings_;
    uint32_t x_, y_, out_left_, out_right_;
    uint64_t end_;
    std::vector<TimedMessage> events_;
    std::vector<float> left_, right_;
    size_t next_ = 0, next_tempo_ = 0;
    uint64_t frame_ = 0, silence_start_ = 0;
    std::string loaded_, message_; // last reported by the plugin
};

} // namespace

void render(const RenderOptions& options) {
    check_tuning_files(options.tuning);
    reject_overwrite(options.out, {resolve_bank(options.bank), options.song, options.xy, options.state,
                                   options.tuning.scale, options.tuning.map});
    SongRenderer(options).write_file();
}

} // namespace timbrel::host
