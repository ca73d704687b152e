// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/corner_menu.h"

#include "common/source_options.h"
#include "plugin/ui/scene/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace timbrel::ui {

namespace {

using Kind = ListLine::Kind;
using Purpose = NameEdit::Purpose;

// With a sign, and one decimal where it matters.
std::string signed_text(double value, const char* unit) {
    const bool whole = std::fabs(value - std::round(value)) < 0.05;
    return (value > 0 ? "+" : "") + format_number(value, whole ? 0 : 1) + unit;
}

// A number as people write it: with a sign of any kind, a point or a comma, and perhaps its unit.
std::optional<double> typed_number(std::string text, double low, double high) {
    if (text.starts_with("−")) text.replace(0, std::string_view("−").size(), "-");
    std::replace(text.begin(), text.end(), ',', '.');
    if (text.starts_with('+')) text.erase(0, 1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
    const bool has_unit = std::ranges::all_of(rest, [](char c) { return c == ' ' || (c >= 'A' && c <= 'z'); });
    if (error != std::errc() || !has_unit || !(value >= low && value <= high)) return {};
    return value;
}

// "the north-east corner", or by number where there are more than four.
std::string corner_text(const BankPicture& bank, size_t corner) {
    if (bank.corner_columns != 2 || bank.corner_rows > 2) return "corner " + std::to_string(corner + 1);
    const std::string side = corner % 2 == 0 ? "west" : "east";
    if (bank.corner_rows == 1) return "the " + side;
    return (corner < 2 ? "the north-" : "the south-") + side;
}

std::string report_size(const CornerSlot& slot) {
    const size_t lines = (slot.report ? slot.report->size() : 0) + (slot.refusal.empty() ? 0 : 1);
    if (lines == 0) return slot.report ? "nothing" : "";
    return std::to_string(lines) + (lines == 1 ? " note" : " notes");
}

} // namespace

std::vector<CornerSlot> CornerMenu::slots() const {
    std::vector<CornerSlot> slots = scene_.slots;
    slots.resize(scene_.bank.corner_columns * scene_.bank.corner_rows);
    return slots;
}

std::vector<ListLine> CornerMenu::lines(size_t corner) const {
    const std::vector<CornerSlot> all = slots();
    const CornerSlot& slot = all[corner];
    std::vector<ListLine> lines;
    if (slot.source.empty()) {
        lines.push_back({Kind::heading, "No sound of its own: drop one here", "", ""});
    } else {
        const SourceOptions options = split_source(slot.source);
        lines = {{Kind::heading, slot.name, "", ""},
                 {Kind::corner_name, "Name …", "", ""},
                 {Kind::corner_gain, "Gain …", "", signed_text(options.gain, " dB")},
                 {Kind::corner_tune, "Tune …", "", signed_text(options.tune, " ct")}};
    }
    for (size_t other = 0; other < all.size(); ++other)
        if (other != corner && !(slot.source.empty() && all[other].source.empty()))
            lines.push_back({Kind::corner_swap,
                             all[other].source.empty() ? "Move to " + corner_text(scene_.bank, other)
                                                       : "Swap with " + all[other].name,
                             std::to_string(other), ""});
    if (slot.source.empty()) return lines;
    lines.push_back({Kind::corner_clear, "Clear", "", ""});
    lines.push_back({Kind::corner_report, "What the baker noticed", "", report_size(slot)});
    return lines;
}

void CornerMenu::edit_text(Purpose purpose, size_t corner, std::string text) {
    scene_.name_edit = NameEdit{purpose, std::move(text), corner};
    dirty_.add(Region::plane);
}

void CornerMenu::choose(const ListLine& line, size_t corner) {
    std::vector<CornerSlot> all = slots();
    if (corner >= all.size()) return; // another bank came in between
    CornerSlot& slot = all[corner];
    const SourceOptions options = split_source(slot.source);
    switch (line.kind) {
    case Kind::corner_name:
        return edit_text(Purpose::corner_name, corner, slot.name);
    case Kind::corner_gain:
        return edit_text(Purpose::corner_gain, corner, format_number(options.gain, 1));
    case Kind::corner_tune:
        return edit_text(Purpose::corner_tune, corner, format_number(options.tune, 0));
    case Kind::corner_swap: {
        const size_t other = std::min(all.size() - 1, static_cast<size_t>(std::stoul(line.value)));
        std::swap(slot, all[other]);
        return change("swap of corners", all);
    }
    case Kind::corner_clear:
        slot = {};
        return change("clear corner", all);
    case Kind::corner_report:
        scene_.report_corner = corner;
        return dirty_.add(Region::plane);
    default:
        return;
    }
}

bool CornerMenu::confirm(const NameEdit& edit) {
    std::vector<CornerSlot> all = slots();
    if (edit.corner >= all.size()) return true;
    CornerSlot& slot = all[edit.corner];
    SourceOptions options = split_source(slot.source);
    const auto refuse = [&](const std::string& text) {
        scene_.notify(text);
        dirty_.add(Region::status);
        return false;
    };
    if (edit.purpose == Purpose::corner_gain) {
        const auto gain = typed_number(edit.text, min_source_gain, max_source_gain);
        if (!gain) return refuse("Gain: a number from −24 to 12 dB");
        options.gain = *gain;
    } else if (edit.purpose == Purpose::corner_tune) {
        const auto tune = typed_number(edit.text, -max_source_tune, max_source_tune);
        if (!tune) return refuse("Tune: a number from −100 to 100 cents");
        options.tune = *tune;
    } else if (edit.text.empty()) {
        return refuse("A corner needs a name");
    } else if (edit.text != slot.name) {
        slot.name = options.name = edit.text;
    }
    const std::string changed = join_source(options);
    if (changed == slot.source) return true;
    slot.source = changed;
    const char* const what = edit.purpose == Purpose::corner_gain   ? "gain of "
                             : edit.purpose == Purpose::corner_tune ? "tuning of "
                                                                    : "name of ";
    change(what + slot.name, all);
    return true;
}

void CornerMenu::change(const std::string& step, const std::vector<CornerSlot>& slots) {
    editor_.change_files(step, [&] { controller_.set_corners(slots); });
    dirty_.add(Region::plane);
}

} // namespace timbrel::ui
