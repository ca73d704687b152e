// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/midi/scala.h"

#include "common/text_lines.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace timbrel::engine {

namespace {

constexpr int max_notes = 4096;        // of a scale, or entries of a mapping
constexpr size_t max_bytes = 1u << 20; // of a file
constexpr float middle_c_hertz = 261.6255653f;
constexpr double max_semitones = 200.0; // of one note above or below the first

// Reads a file line by line, without comment lines.
class LineReader {
  public:
    explicit LineReader(const std::string& name) : name_(name) {
        // Checked before opening: opening a pipe would block.
        std::error_code ignored;
        std::ifstream file;
        if (std::filesystem::is_regular_file(name, ignored)) {
            if (std::filesystem::file_size(name, ignored) > max_bytes) fail("not a text file of Scala's");
            file.open(name, std::ios::binary);
        }
        if (!file.is_open()) throw TuningError(name + ": cannot be read; check the name and the rights");
        lines_ = split_lines(std::string{std::istreambuf_iterator<char>(file), {}});
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw TuningError(name_ + (number_ > 0 ? ", line " + std::to_string(number_) : "") + ": " + what);
    }

    std::optional<std::string> next() {
        while (number_ < lines_.size()) {
            std::string& line = lines_[number_++];
            if (line.find('\0') != line.npos) fail("not a text file of Scala's");
            if (line.empty() || line[0] != '!') return std::move(line);
        }
        return std::nullopt;
    }

    // The first word of the next line that is not blank; the rest of the line is free text. `what` names it in error
    // messages.
    std::string word(const char* what) {
        std::string word;
        filled_line(what) >> word;
        return word;
    }

    // The same for an interval, whose slash may have blanks around it.
    std::string interval(const char* what) {
        std::istringstream line = filled_line(what);
        std::string first, ratio, part;
        line >> first >> std::ws;
        ratio = first;
        if (!ratio.ends_with('/') && line.peek() == '/' && line >> part) ratio += part;
        if (ratio.ends_with('/') && line >> part) ratio += part;
        const size_t slash = ratio.find('/');
        return slash + 1 < ratio.size() && ratio[slash + 1] >= '0' && ratio[slash + 1] <= '9' ? ratio : first;
    }

    template<class Number>
    Number number(const char* what, Number min, Number max) {
        const std::string text = word(what);
        const auto value = parse<Number>(text);
        if (!value || !(*value >= min && *value <= max)) fail("expected " + std::string(what) + ", found " + text);
        return *value;
    }

    template<class Number>
    static std::optional<Number> parse(std::string_view text) {
        Number value{};
        if (text.starts_with('+')) text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
        return value;
    }

  private:
    std::istringstream filled_line(const char* what) {
        while (const auto line = next())
            if (line->find_first_not_of(" \t") != line->npos) return std::istringstream(*line);
        fail(std::string("ends before ") + what);
    }

    std::string name_;
    std::vector<std::string> lines_;
    size_t number_ = 0; // of the last line, from 1
};

// Division that rounds down. `divisor` is above 0.
int floor_division(int number, int divisor) { return number / divisor - (number % divisor < 0 ? 1 : 0); }

struct Scale {
    std::vector<double> notes; // semitones above the first note, which is omitted; the last one is the period

    double semitones(int degree) const {
        const int count = static_cast<int>(notes.size());
        const int periods = floor_division(degree, count), within = degree - periods * count;
        return periods * notes.back() + (within > 0 ? notes[static_cast<size_t>(within - 1)] : 0.0);
    }
};

// An interval in semitones from its text: cents contain a point; anything else is a ratio or a whole number.
std::optional<double> parse_interval(std::string_view text) {
    if (text.find('.') != text.npos) {
        const auto cents = LineReader::parse<double>(text);
        if (!cents) return std::nullopt;
        return *cents / 100.0;
    }
    const size_t slash = text.find('/');
    const auto numerator = LineReader::parse<double>(text.substr(0, slash));
    const auto denominator = slash == text.npos ? 1.0 : LineReader::parse<double>(text.substr(slash + 1));
    if (!numerator || !denominator || !(*numerator > 0.0) || !(*denominator > 0.0)) return std::nullopt;
    return 12.0 * std::log2(*numerator / *denominator);
}

Scale read_scale(const std::string& file) {
    LineReader lines(file);
    if (!lines.next()) lines.fail("empty, no scale");
    const int count = lines.number<int>("the number of notes", 1, max_notes);
    Scale scale;
    for (int i = 0; i < count; ++i) {
        const std::string text = lines.interval("a note of the scale");
        const auto semitones = parse_interval(text);
        if (!semitones || !(std::abs(*semitones) <= max_semitones))
            lines.fail("expected cents with a point or a ratio, found " + text);
        scale.notes.push_back(*semitones);
    }
    return scale;
}

struct KeyboardMap {
    int first = 0, last = 127; // keys
    int middle = 60;           // the key of the first entry
    int reference = 60;        // the key whose frequency is `hertz`
    double hertz = double{middle_c_hertz};
    int period = 0;                          // the scale's degree after which the entries repeat; 0 for its last
    std::vector<std::optional<int>> degrees; // of each entry; empty: every key plays the next degree

    std::optional<double> semitones(const Scale& scale, int key) const {
        const int offset = key - middle;
        if (degrees.empty()) return scale.semitones(offset);
        const int count = static_cast<int>(degrees.size());
        const int periods = floor_division(offset, count);
        const auto& degree = degrees[static_cast<size_t>(offset - periods * count)];
        if (!degree) return std::nullopt;
        return periods * (period > 0 ? scale.semitones(period) : scale.notes.back()) + scale.semitones(*degree);
    }
};

KeyboardMap read_map(const std::string& file) {
    LineReader lines(file);
    KeyboardMap map;
    const int count = lines.number<int>("the size of the map", 0, max_notes);
    map.first = lines.number<int>("the first key", 0, 127);
    map.last = lines.number<int>("the last key", 0, 127);
    map.middle = lines.number<int>("the middle key", 0, 127);
    map.reference = lines.number<int>("the reference key", 0, 127);
    map.hertz = lines.number<double>("the reference frequency", 0.001, 1e6);
    map.period = lines.number<int>("the degree of the octave", 0, max_notes);
    for (auto line = lines.next(); line && map.degrees.size() < static_cast<size_t>(count); line = lines.next()) {
        const size_t begin = line->find_first_not_of(" \t");
        if (begin == line->npos) continue;
        const std::string text = line->substr(begin, line->find_first_of(" \t", begin) - begin);
        const auto degree = LineReader::parse<int>(text);
        if (text != "x" && text != "X" && !(degree && std::abs(*degree) <= max_notes))
            lines.fail("expected a degree of the scale or x, found " + text);
        map.degrees.push_back(degree);
    }
    map.degrees.resize(static_cast<size_t>(count)); // missing entries at the end are unmapped keys
    return map;
}

} // namespace

Tuning read_scala(const std::string& scale_file, const std::string& map_file) {
    const Scale scale = read_scale(scale_file);
    const KeyboardMap map = map_file.empty() ? KeyboardMap() : read_map(map_file);
    const auto reference = map.semitones(scale, map.reference);
    if (!reference)
        throw TuningError(map_file + ": the reference key " + std::to_string(map.reference) + " is left out");
    const double at_reference = 69.0 + 12.0 * std::log2(map.hertz / 440.0);
    Tuning tuning = Tuning::equal();
    for (int key = map.first; key <= map.last; ++key) {
        const auto semitones = map.semitones(scale, key);
        float& pitch = tuning.pitch[static_cast<size_t>(key)];
        pitch = semitones ? static_cast<float>(at_reference + *semitones - *reference) : Tuning::silent;
    }
    return tuning;
}

} // namespace timbrel::engine
