// What pointer, wheel and keys do: gestures in, changes of the scene and actions out.
#pragma once

#include "plugin/ui/input/controller.h"
#include "plugin/ui/input/hit_test.h"
#include "plugin/ui/scene/scene.h"
#include "plugin/ui/widgets/drawing.h"

#include <map>
#include <optional>

namespace timbrel::ui {

enum class Button { left, right };
enum class Arrow { left, right, up, down };

class Hand {
  public:
    // All must outlive the object; what needs to be drawn anew is added to `changed`.
    Hand(Scene& scene, const Layout& layout, Actions& actions, Parts& changed)
        : scene_(scene), layout_(layout), actions_(actions), changed_(changed) {}

    // `fine`: a tenth of the way.
    void press(Point at, Button button, bool fine);
    void move(Point at, bool fine);
    void lean(double pressure); // of a pen or finger that is down, 0–1
    void release();
    void wheel(Point at, double right, double up, bool fine); // in notches
    void leave();                                             // the pointer has gone elsewhere

    void arrow(Arrow arrow, bool fine);
    void close_list();
    void shift_octave(int octaves);
    // A key of the computer's, by its place on the keyboard (X keycode). False when it plays nothing.
    bool computer_key(unsigned keycode, bool down);
    void let_go(); // of every key that is held: the window no longer hears of them

  private:
    void change(engine::Parameter parameter, float value);
    void change_at_once(engine::Parameter parameter, float value);
    void move_place(engine::PlanePoint to);
    void touch_place(bool down);
    void drag_knob(Point at, bool fine);
    void press_control(const Hit& found);
    void press_list(Point at);
    void strike(Point at);
    void play(int key, int velocity);
    void point_at(std::optional<engine::Parameter> parameter);
    void scroll_panels(double notches);
    void step_zoom(int steps);
    void look_changed();

    Scene& scene_;
    const Layout& layout_;
    Actions& actions_;
    Parts& changed_;
    enum class Held { nothing, plane, knob, keyboard } held_ = Held::nothing;
    Point last_;
    double share_ = 0;                      // of the knob in the hand, beyond what whole steps show
    int key_ = -1;                          // struck by the pointer
    int pressure_ = 0;                      // on it, as told last: 0–127
    int octave_ = 0;                        // that the computer's keys are shifted
    std::map<unsigned, int> computer_keys_; // held, with the notes they play
};

} // namespace timbrel::ui
