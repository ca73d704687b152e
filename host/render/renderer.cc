#include "host/render/renderer.h"

#include "common/error.h"
#include "common/output_guard.h"
#include "common/wav_writer.h"
#include "common/xy_path.h"
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

constexpr uint32_t control_frames = engine::tick_frames; // X and Y are set this often, counted from the song's start
constexpr float quiet = 1e-5f;                           // −100 dBFS
constexpr double quiet_seconds = 0.25;                   // that much of it ends the file
constexpr double longest_tail_seconds = 60;              // past the song's end

bool changes_program(const std::vector<std::byte>& message) {
    return (message[0] & std::byte{0xf0}) == std::byte{0xc0};
}

// Events of the song by frame. After the last, every key and pedal is let go, so that the tail comes to an end.
std::vector<std::pair<uint64_t, std::vector<std::byte>>> schedule(const Song& song, double rate, uint64_t end) {
    std::vector<std::pair<uint64_t, std::vector<std::byte>>> events;
    for (const SongEvent& event : song.events)
        events.emplace_back(static_cast<uint64_t>(std::llround(event.seconds * rate)), event.bytes);
    for (int channel = 0; channel < 16; ++channel)
        for (const int controller : {64, 66, 123})
            events.emplace_back(end, std::vector{std::byte(0xb0 | channel), std::byte(controller), std::byte(0)});
    return events;
}

class Rendering {
  public:
    explicit Rendering(const RenderOrder& order)
        : order_(order), song_(read_song(order.song)),
          way_(order.xy.empty() ? std::optional<XyPath>() : XyPath::read(order.xy)), bank_(choose_bank(order.bank)),
          plugin_(world_.own()), instance_(world_, plugin_, urids_, hosting(order)),
          settings_(read_settings(instance_, order.settings)), x_(port("x")), y_(port("y")),
          out_left_(port("out_left")), out_right_(port("out_right")),
          end_(static_cast<uint64_t>(std::llround(song_.seconds * order.rate))),
          events_(schedule(song_, order.rate, end_)), left_(order.block), right_(order.block) {}

    void to_file() {
        prepare();
        WavWriter file(order_.out, order_.rate, 2,
                       order_.float32 ? WavWriter::Format::float32 : WavWriter::Format::pcm24);
        const uint64_t limit = end_ + static_cast<uint64_t>(longest_tail_seconds * order_.rate);
        std::vector<float> interleaved;
        for (bool sounding = true; sounding && frame_ < limit;) {
            const uint64_t begin = frame_;
            block(static_cast<uint32_t>(std::min<uint64_t>(order_.block, limit - frame_)));
            interleaved.clear();
            for (uint64_t i = 0; sounding && i < frame_ - begin; ++i) {
                interleaved.push_back(left_[i]);
                interleaved.push_back(right_[i]);
                sounding = still_sounding(begin + i, std::max(std::fabs(left_[i]), std::fabs(right_[i])));
            }
            file.write(interleaved);
        }
        file.finish();
        if (file.peak() > 1 && !order_.float32)
            std::fprintf(stderr, "timbrel: %s: clipped, its peak would be %+.1f dBFS; lower it with --set level=DB\n",
                         order_.out.c_str(), 20 * std::log10(file.peak()));
    }

  private:
    static Hosting hosting(const RenderOrder& order) {
        const auto block = static_cast<uint32_t>(order.block);
        return {static_cast<double>(order.rate), block, block, Worker::Mode::offline};
    }

    uint32_t port(const char* symbol) const { return instance_.find(symbol)->index; }

    // Settings and bank are in place before the song's first frame; what is played meanwhile is not written.
    void prepare() {
        if (const Port* const freewheel = instance_.designated(LV2_CORE__freeWheeling, true))
            instance_.set_control(freewheel->index, 1);
        instance_.activate();
        if (!order_.state.empty()) load_state(world_, urids_, instance_, order_.state);
        if (!order_.preset.empty())
            give_state(urids_, find_preset(world_, urids_, instance_, order_.preset).get(), instance_);
        for (const auto& [index, value] : settings_) instance_.send_control(index, value);
        if (order_.x) instance_.send_control(x_, *order_.x);
        if (order_.y) instance_.send_control(y_, *order_.y);
        if (way_) {
            instance_.send_control(x_, way_->at(0).x);
            instance_.send_control(y_, way_->at(0).y);
        }
        send(order_.tuning, instance_);
        instance_.send_path(lv2::bank_property, bank_);
        // While freewheeling the plugin waits for its bank, so one stretch is enough, and its answer comes at once.
        const uint32_t part = std::min<uint32_t>(order_.block, control_frames);
        for (uint32_t done = 0; done < control_frames; done += part) {
            instance_.begin_block();
            instance_.run(std::min(part, control_frames - done));
        }
        check_bank();
    }

    void check_bank() {
        std::string playing, message = "the plugin did not answer";
        for (std::vector<std::byte> atom = instance_.receive(); !atom.empty(); atom = instance_.receive()) {
            const std::optional<PatchSet> set = read_patch_set(urids_, atom);
            if (set && set->property == lv2::bank_property) playing = set->text;
            if (set && set->property == lv2::message_property) message = set->text;
        }
        if (playing != bank_ || !message.empty()) throw Error(bank_ + ": does not play: " + message);
    }

    void block(uint32_t frames) {
        for (uint32_t done = 0; done < frames;) {
            const auto to_grid = static_cast<uint32_t>(control_frames - frame_ % control_frames);
            const uint32_t part = to_program(std::min(frames - done, to_grid));
            run_part(done, part);
            done += part;
            frame_ += part;
        }
    }

    // So much of the part as comes before a program change within it: the plugin takes another bank for a whole block.
    uint32_t to_program(uint32_t frames) const {
        for (size_t i = next_; i < events_.size() && events_[i].first < frame_ + frames; ++i)
            if (events_[i].first > frame_ && changes_program(events_[i].second))
                return static_cast<uint32_t>(events_[i].first - frame_);
        return frames;
    }

    void run_part(uint32_t offset, uint32_t frames) {
        instance_.begin_block();
        if (way_ && frame_ % control_frames == 0) {
            const XyPoint place = way_->at(static_cast<double>(frame_) / order_.rate);
            instance_.set_control(x_, place.x);
            instance_.set_control(y_, place.y);
        }
        tell_position(frames);
        for (; next_ < events_.size() && events_[next_].first < frame_ + frames; ++next_)
            instance_.midi(static_cast<uint32_t>(events_[next_].first - frame_), events_[next_].second);
        instance_.connect_audio(out_left_, left_.data() + offset);
        instance_.connect_audio(out_right_, right_.data() + offset);
        instance_.run(frames);
    }

    // The song rolls from its first frame on; the plugin counts on by itself between two tempi. A tempo is told at the
    // start of the stretch in which it begins, as one that has come from there all along.
    void tell_position(uint32_t frames) {
        SongPosition song{true, static_cast<int64_t>(frame_)};
        const double now = static_cast<double>(frame_) / order_.rate;
        const bool first = frame_ == 0;
        const size_t before = next_tempo_;
        while (next_tempo_ < song_.tempi.size() &&
               std::llround(song_.tempi[next_tempo_].seconds * order_.rate) < static_cast<int64_t>(frame_ + frames))
            ++next_tempo_;
        if (next_tempo_ > 0) {
            const SongTempo& tempo = song_.tempi[next_tempo_ - 1];
            song.beats_per_minute = tempo.beats_per_minute;
            song.beat = tempo.beat + (now - tempo.seconds) * tempo.beats_per_minute / 60;
            song.beats_per_bar = tempo.beats_per_bar;
        }
        if (first || next_tempo_ != before) instance_.position(0, song);
    }

    bool still_sounding(uint64_t frame, float level) {
        if (level > quiet || frame < end_) silent_since_ = frame + 1;
        return frame + 1 - silent_since_ < static_cast<uint64_t>(quiet_seconds * order_.rate);
    }

    const RenderOrder& order_;
    Song song_;
    std::optional<XyPath> way_;
    std::string bank_;
    World world_;
    UridTable urids_;
    const LilvPlugin* plugin_;
    Instance instance_;
    std::vector<std::pair<uint32_t, float>> settings_;
    uint32_t x_, y_, out_left_, out_right_;
    uint64_t end_;
    std::vector<std::pair<uint64_t, std::vector<std::byte>>> events_;
    std::vector<float> left_, right_;
    size_t next_ = 0, next_tempo_ = 0;
    uint64_t frame_ = 0, silent_since_ = 0;
};

} // namespace

void render(const RenderOrder& order) {
    check(order.tuning);
    keep_apart(order.out,
               {choose_bank(order.bank), order.song, order.xy, order.state, order.tuning.scale, order.tuning.map});
    Rendering(order).to_file();
}

} // namespace timbrel::host
