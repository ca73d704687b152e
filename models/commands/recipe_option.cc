// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commands/recipe_option.h"

#include "models/recipe/recipe.h"

namespace timbrel::models {

void add_recipe_option(CLI::App& command) {
    command
        .add_option_function<std::string>(
            "--recipe", [](const std::string& path) { use_recipe(load_recipe(path)); },
            "constants of morphing and training, as in recipe.json; without: the installed recipe")
        ->type_name("FILE");
}

} // namespace timbrel::models
