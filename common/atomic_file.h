// A file that appears under its name only when it is whole: written beside it, then renamed. Off the audio thread; one
// thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace timbrel {

// Advice to those who named the file on the command line.
inline constexpr char another_output[] = "choose another place with -o";

class NewFile {
  public:
    // Creates PATH.part. This and the following throw Error, naming the file, the cause and the advice, if there is
    // any, when the disk refuses.
    explicit NewFile(std::string path, std::string advice = {});
    ~NewFile(); // an unfinished PATH.part is removed
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void reserve(uint64_t bytes); // of what will be written, so that a full disk shows before the work

    // Closes: all that was written is on the disk now, under the name that is returned, for a last check.
    const std::string& settle();
    void finish();

  private:
    [[noreturn]] void fail(int error) const;

    std::string path_, advice_, part_;
    int file_;
};

} // namespace timbrel
