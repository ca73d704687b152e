// The thread that reads a bank from the disk ahead of the voices that play it.
#pragma once

#include "plugin/engine/streaming.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace timbrel {

class Loader {
  public:
    // Off the audio thread, all of these. The links outlive the loader.
    explicit Loader(std::vector<StreamLink*> links);
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    // The bank that is played from now on; null for none. Earlier ones are served for as long as somebody else holds
    // them.
    void add(std::shared_ptr<StreamedBank> bank);
    void collect(); // lets go of the banks that nobody else holds

  private:
    struct Served { // of one voice
        StreamNeed need;
        StreamGrant granted;
    };
    struct Stretch { // of a voice's frames, to be read in all of its cells
        const StreamedBank* bank;
        const Served* voice;
        uint64_t from, to;
    };

    void work();
    void forget_retired();
    bool serve_voices(); // false while none plays
    void plan(const StreamedBank& bank, Served& voice, uint32_t moved);
    bool keep_in_memory(double seconds);
    std::shared_ptr<StreamedBank> bank_of(const StreamNeed& need) const;

    const std::vector<StreamLink*> links_;
    std::vector<Served> served_;
    std::vector<Stretch> stretches_;
    std::vector<size_t> answered_;

    std::mutex mutex_; // of what follows
    std::condition_variable wake_;
    std::vector<std::shared_ptr<StreamedBank>> banks_; // the last one is played
    bool stop_ = false;
    std::thread thread_;
};

} // namespace timbrel
