// How the user likes the window: kept in a file of the user's, for all instances alike.
#pragma once

namespace timbrel::ui {

struct Look {
    bool dark = true;
    int zoom_percent = 100; // 50–400
    bool computer_keyboard = false;
};

// From timbrel/window in the user's configuration folder; what is missing or odd there is as usual.
Look read_look();

// Nothing happens when the folder cannot be written.
void write_look(const Look& look);

} // namespace timbrel::ui
