#include "plugin/ui/widgets/bank_list.h"

#include "plugin/lv2/shared/bank_search.h"
#include "plugin/ui/paint/canvas.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace timbrel::ui {

namespace {

namespace fs = std::filesystem;

constexpr double line = 28, border = 6;

std::string folder_name(const fs::path& folder) {
    const char* const home = std::getenv("HOME");
    const std::string name = folder.string();
    if (home && *home && name.starts_with(home)) return "~" + name.substr(std::string_view(home).size());
    return name;
}

void add(std::vector<BankChoice>& choices, const fs::path& bank) {
    const std::string path = bank.string();
    if (std::any_of(choices.begin(), choices.end(), [&](const BankChoice& choice) { return choice.path == path; }))
        return;
    choices.push_back({bank.stem().string(), path, false});
}

std::vector<fs::path> banks_in(const fs::path& folder) {
    std::vector<fs::path> banks;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".timbrel") banks.push_back(entry->path());
    std::sort(banks.begin(), banks.end());
    return banks;
}

} // namespace

std::vector<BankChoice> find_choices(const std::string& playing, bool elsewhere) {
    std::vector<fs::path> folders = lv2::bank_folders();
    const fs::path beside = fs::path(playing).parent_path();
    if (!beside.empty() && std::find(folders.begin(), folders.end(), beside) == folders.end())
        folders.insert(folders.begin(), beside);
    std::vector<BankChoice> choices;
    for (const fs::path& folder : folders) {
        const std::vector<fs::path> banks = banks_in(folder);
        if (banks.empty()) continue;
        choices.push_back({folder_name(folder), "", false});
        for (const fs::path& bank : banks) add(choices, bank);
    }
    if (choices.empty() && !folders.empty())
        choices.push_back({"No bank in " + folder_name(folders.front()), "", false});
    if (elsewhere) choices.push_back({"Another file …", "", true});
    return choices;
}

size_t shown_choices(const Layout& layout, const Scene& scene) {
    const double room = layout.plane.bottom() - layout.bank.bottom() - 4 - 2 * border;
    return std::min(scene.choices.size(), static_cast<size_t>(std::max(1.0, room / line)));
}

Rect list_area(const Layout& layout, const Scene& scene) {
    return {layout.bank.x, layout.bank.bottom() + 4, layout.bank.width,
            line * static_cast<double>(shown_choices(layout, scene)) + 2 * border};
}

std::optional<size_t> choice_at(const Layout& layout, const Scene& scene, Point point) {
    const Rect area = list_area(layout, scene);
    if (!area.contains(point)) return {};
    const double row = std::max(0.0, (point.y - area.y - border) / line);
    const size_t index = scene.first_choice + static_cast<size_t>(row);
    if (index >= std::min(scene.choices.size(), scene.first_choice + shown_choices(layout, scene))) return {};
    const BankChoice& choice = scene.choices[index];
    return choice.path.empty() && !choice.elsewhere ? std::nullopt : std::optional(index);
}

void draw_bank_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const Rect area = list_area(layout, scene);
    fill_round(cairo, area, 8, theme.panel);
    outline_round(cairo, area, 8, theme.line);
    for (size_t i = 0; i < shown_choices(layout, scene); ++i) {
        const size_t index = scene.first_choice + i;
        if (index >= scene.choices.size()) break;
        const BankChoice& choice = scene.choices[index];
        const Rect row{area.x + border, area.y + border + line * static_cast<double>(i), area.width - 2 * border, line};
        const bool folder = choice.path.empty() && !choice.elsewhere;
        const bool playing = !choice.path.empty() && choice.path == scene.bank_path;
        if (scene.pointed_choice == index) fill_round(cairo, row, 5, theme.track, 0.7);
        write(cairo, {row.x + (folder ? 8 : 18), row.y, row.width - 26, row.height}, choice.text,
              {.size = folder ? 10.5 : 12.5,
               .colour = playing                      ? theme.accent
                         : folder || choice.elsewhere ? theme.quiet
                                                      : theme.text,
               .bold = playing});
    }
}

} // namespace timbrel::ui
