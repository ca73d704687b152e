// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/worker.h"

namespace timbrel::host {

namespace {
constexpr uint32_t ring_bytes = 1u << 16;
}

Worker::Worker(Mode mode)
    : mode_(mode), requests_(ring_bytes), responses_(ring_bytes), request_(ring_bytes), response_(ring_bytes) {
    feature_.handle = this;
    feature_.schedule_work = [](LV2_Worker_Schedule_Handle self, uint32_t size, const void* data) {
        return static_cast<Worker*>(self)->schedule(size, data);
    };
}

void Worker::stop() {
    if (!thread_.joinable()) return;
    stop_ = true;
    wake_.release();
    thread_.join();
}

void Worker::start(LV2_Handle plugin, const LV2_Worker_Interface* plugin_interface) {
    plugin_ = plugin;
    interface_ = plugin_interface;
    if (mode_ == Mode::offline || !interface_) return;
    thread_ = std::thread([this] {
        for (;;) {
            wake_.acquire();
            if (stop_) return;
            run_next_request();
        }
    });
}

LV2_Worker_Status Worker::schedule(uint32_t size, const void* data) {
    // Each message begins with one byte, because a ring cannot hold an empty message.
    constexpr std::byte mark{1};
    if (!requests_.push(bytes_of(mark), {static_cast<const std::byte*>(data), size})) return LV2_WORKER_ERR_NO_SPACE;
    if (mode_ == Mode::live) wake_.release();
    return LV2_WORKER_SUCCESS;
}

LV2_Worker_Status Worker::respond(LV2_Worker_Respond_Handle self, uint32_t size, const void* data) {
    constexpr std::byte mark{1};
    return static_cast<Worker*>(self)->responses_.push(bytes_of(mark), {static_cast<const std::byte*>(data), size})
               ? LV2_WORKER_SUCCESS
               : LV2_WORKER_ERR_NO_SPACE;
}

void Worker::run_next_request() {
    const uint32_t size = requests_.pop(request_);
    if (size > 0) interface_->work(plugin_, &Worker::respond, this, size - 1, request_.data() + 1);
}

void Worker::deliver_responses() {
    while (const uint32_t size = responses_.pop(response_))
        if (interface_->work_response) interface_->work_response(plugin_, size - 1, response_.data() + 1);
    if (interface_->end_run) interface_->end_run(plugin_);
}

void Worker::end_of_block() {
    if (!interface_) return;
    if (mode_ == Mode::offline)
        while (requests_.next_size() > 0) run_next_request();
    deliver_responses();
}

} // namespace timbrel::host
