// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/file_drop.h"

#include "plugin/ui/input/uri_list.h"

#include <X11/Xatom.h>

#include <algorithm>
#include <memory>

namespace timbrel::ui {

namespace {

constexpr long protocol_version = 5;
constexpr long max_list = 1 << 18; // 32-bit words of dropped text

// Ignores X errors while it exists: other programs' windows may go at any time, and Xlib's handler ends the host.
class ErrorTrap {
  public:
    explicit ErrorTrap(Display* display)
        : display_(display), previous_(XSetErrorHandler([](Display*, XErrorEvent*) { return 0; })) {}
    ~ErrorTrap() {
        XSync(display_, False);
        XSetErrorHandler(previous_);
    }
    ErrorTrap(const ErrorTrap&) = delete;
    ErrorTrap& operator=(const ErrorTrap&) = delete;

  private:
    Display* display_;
    XErrorHandler previous_;
};

struct Property {
    Atom type = 0; // 0 if the window lacks it
    int format = 0;
    unsigned long items = 0;
    std::unique_ptr<unsigned char, int (*)(void*)> data{nullptr, XFree};
};

// Reads at most `words` 32-bit words of a window's property.
Property read_property(Display* display, Window window, Atom name, long words, Atom type, bool remove = false) {
    Property property;
    unsigned long rest = 0;
    unsigned char* data = nullptr;
    XGetWindowProperty(display, window, name, 0, words, remove, type, &property.type, &property.format, &property.items,
                       &rest, &data);
    property.data.reset(data);
    return property;
}

} // namespace

FileDrop::FileDrop(Display* display, Window window) : display_(display), window_(window) {
    const char* names[name_count] = {"XdndAware",      "XdndProxy",     "XdndEnter",    "XdndPosition",  "XdndLeave",
                                     "XdndDrop",       "XdndStatus",    "XdndFinished", "XdndSelection", "XdndTypeList",
                                     "XdndActionCopy", "text/uri-list", "WM_STATE"};
    XInternAtoms(display_, const_cast<char**>(names), name_count, False, atoms_.data());
    announce();
}

void FileDrop::announce() {
    const ErrorTrap trap(display_);
    const auto set = [this](Window window, Name property, Atom type, unsigned long value) {
        XChangeProperty(display_, window, atoms_[property], type, 32, PropModeReplace,
                        reinterpret_cast<const unsigned char*>(&value), 1);
    };
    set(window_, aware, XA_ATOM, protocol_version);
    set(window_, proxy, XA_WINDOW, window_);
    for (Window window = window_, root = 0;;) {
        Window parent = 0, *children = nullptr;
        unsigned count = 0;
        if (!XQueryTree(display_, window, &root, &parent, &children, &count)) return;
        if (children) XFree(children);
        if (parent == 0 || parent == root || has_property(parent, aware)) return;
        set(parent, aware, XA_ATOM, protocol_version);
        set(parent, proxy, XA_WINDOW, window_);
        if (has_property(parent, wm_state)) return; // above it are the window manager's windows
        window = parent;
    }
}

bool FileDrop::has_property(Window window, Name property) const {
    return read_property(display_, window, atoms_[property], 0, AnyPropertyType).type != 0;
}

std::optional<FileDrop::Event> FileDrop::handle(const XEvent& event) {
    if (event.type == ClientMessage) return handle_message(event.xclient);
    if (event.type == SelectionNotify && waiting_ && event.xselection.selection == atoms_[selection])
        return receive(event.xselection);
    return {};
}

std::optional<FileDrop::Event> FileDrop::handle_message(const XClientMessageEvent& message) {
    if (message.format != 32) return {};
    const auto sender = static_cast<Window>(message.data.l[0]);
    if (message.message_type == atoms_[enter]) {
        source_ = sender;
        waiting_ = false;
        take_types(message);
        return {};
    }
    if (source_ == 0 || sender != source_) return {};
    if (message.message_type == atoms_[position]) return move(message);
    if (message.message_type == atoms_[leave]) {
        source_ = 0;
        return Event{Event::Kind::left, 0, 0, {}};
    }
    if (message.message_type != atoms_[drop]) return {};
    if (!files_) {
        reply(finished, 0, 0);
        return Event{Event::Kind::left, 0, 0, {}};
    }
    waiting_ = true;
    XConvertSelection(display_, atoms_[selection], atoms_[uri_list], atoms_[selection], window_,
                      static_cast<Time>(message.data.l[2]));
    return {};
}

void FileDrop::take_types(const XClientMessageEvent& message) {
    const bool more_than_three = message.data.l[1] & 1;
    std::vector<Atom> types(message.data.l + 2, message.data.l + 5);
    if (more_than_three) {
        const ErrorTrap trap(display_);
        const Property list = read_property(display_, source_, atoms_[type_list], 1024, XA_ATOM);
        const auto* const first = reinterpret_cast<const Atom*>(list.data.get());
        if (first && list.format == 32) types.assign(first, first + list.items);
    }
    files_ = std::find(types.begin(), types.end(), atoms_[uri_list]) != types.end();
}

FileDrop::Event FileDrop::move(const XClientMessageEvent& message) {
    const int root_x = static_cast<int>(message.data.l[2] >> 16 & 0xffff),
              root_y = static_cast<int>(message.data.l[2] & 0xffff);
    Window child = 0;
    XTranslateCoordinates(display_, DefaultRootWindow(display_), window_, root_x, root_y, &x_, &y_, &child);
    reply(status, files_ ? 1 : 0, files_ ? static_cast<long>(atoms_[action_copy]) : 0);
    return {files_ ? Event::Kind::over : Event::Kind::left, x_, y_, {}};
}

FileDrop::Event FileDrop::receive(const XSelectionEvent& event) {
    waiting_ = false;
    Event dropped{Event::Kind::dropped, x_, y_, {}};
    if (event.property != 0) {
        const Property list = read_property(display_, window_, event.property, max_list, AnyPropertyType, true);
        if (list.data && list.format == 8)
            dropped.paths = paths_of_uri_list({reinterpret_cast<const char*>(list.data.get()), list.items});
    }
    reply(finished, dropped.paths.empty() ? 0 : 1, dropped.paths.empty() ? 0 : static_cast<long>(atoms_[action_copy]));
    return dropped;
}

// XdndStatus has an empty rectangle at 2 and 3, so that every movement is sent, and the action at 4; XdndFinished has
// the action at 2.
void FileDrop::reply(Name type, long flags, long action) {
    XEvent event{};
    event.xclient.type = ClientMessage;
    event.xclient.display = display_;
    event.xclient.window = source_;
    event.xclient.message_type = atoms_[type];
    event.xclient.format = 32;
    event.xclient.data.l[0] = static_cast<long>(window_);
    event.xclient.data.l[1] = flags;
    event.xclient.data.l[type == status ? 4 : 2] = action;
    {
        const ErrorTrap trap(display_);
        XSendEvent(display_, source_, False, NoEventMask, &event);
    }
    if (type == finished) source_ = 0;
}

} // namespace timbrel::ui
