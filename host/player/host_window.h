// A window of the program's own on the X server, in which a plugin's window lives. Main thread only.
#pragma once

#include <deque>
#include <optional>
#include <string>

// Xlib's macros, such as Bool and Status, would break other headers.
struct _XDisplay;

namespace timbrel::host {

class Frame {
  public:
    // Whether there is an X server to be asked at all.
    static bool possible();

    // Opens it, not yet shown. Throws Error when the X server refuses.
    explicit Frame(const std::string& title);
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    unsigned long id() const { return window_; }
    float scale() const; // of the screen, 1 for usual ones

    // Pixels; the first call shows the window.
    void resize(int width, int height);

    // Takes in what has happened. `child`, the window inside, is given the keyboard along with this one.
    void attend(unsigned long child);
    bool closed() const { return closed_; } // by the user

    // Keys that mean something to the player and nothing to the window inside, in order.
    enum class Key { learn, save, forget, cancel }; // Ctrl+L, Ctrl+S, Delete, Escape
    std::optional<Key> take_key();

    void set_title(const std::string& title);

    // True once after each change of size.
    bool take_size(int& width, int& height);

  private:
    _XDisplay* display_ = nullptr;
    unsigned long window_ = 0, delete_window_ = 0;
    std::deque<Key> keys_;
    int width_ = 0, height_ = 0;
    bool resized_ = false, shown_ = false, closed_ = false;
};

} // namespace timbrel::host
