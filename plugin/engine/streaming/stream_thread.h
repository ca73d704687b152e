// The thread that reads a bank from the disk ahead of the voices that play it.
#pragma once

#include "plugin/engine/streaming/streamed_bank.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace timbrel::engine {

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
    struct Read { // in one entry, for a voice
        std::shared_ptr<StreamedBank> bank;
        const BankEntry* entry;
        StreamNeed need; // of the voice then
        uint64_t to;     // when it has been played
        uint32_t first, frames;
    };
    struct Served { // of one voice
        StreamNeed need;
        float column_speed = 0, row_speed = 0; // cells a second
        StreamGrant granted;
        std::deque<Read> reads; // the oldest first
        void hear(const StreamNeed& news, double rate);
    };
    struct Stretch { // of a voice's frames, from the one it plays: to be read in all the cells that are granted then
        std::shared_ptr<StreamedBank> bank;
        size_t voice;
        StreamGrant granted;
        uint64_t in_time; // if it is read before the voice has played so many more frames
    };

    void work();
    void forget_retired();
    std::chrono::milliseconds serve_voices(); // returns the pause that they allow
    void plan(const std::shared_ptr<StreamedBank>& streamed, size_t voice);
    bool read_stretches(); // false when some were left for the next round
    template<class Action>
    void each_part(const Stretch& stretch, Action action);
    uint64_t ask_for(const Stretch& stretch); // bytes
    void read(const Stretch& stretch);
    double rate_of(const StreamNeed& need) const;
    bool of_use(const Read& read, size_t voice) const;
    void let_go_of_played(size_t voice);
    bool keep_in_memory(double seconds);
    std::shared_ptr<StreamedBank> bank_of(const StreamNeed& need) const;

    const std::vector<StreamLink*> links_;
    std::vector<Served> served_;
    std::vector<Stretch> stretches_;

    std::mutex mutex_; // of what follows
    std::condition_variable wake_;
    std::vector<std::shared_ptr<StreamedBank>> banks_; // the last one is played
    bool stop_ = false;
    std::thread thread_;
};

} // namespace timbrel::engine
