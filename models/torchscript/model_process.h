// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a model of a TorchScript file in a child process. Such a file is a program: it may loop for ever, ask for all
// memory, crash libTorch, and has operators that write files. The child has a limit on memory and, for each call, on
// time, and cannot open files.
// Thread: any that may allocate; calls from several threads follow one another.
#pragma once

#include "models/torchscript/scripted_model.h"

#include <cstdint>
#include <mutex>
#include <string>

#include <sys/types.h>

namespace timbrel::models {

// Whether a file is a TorchScript file by its name, NAME.ts, or its first bytes.
bool is_torchscript(const std::string& file);

struct ModelLimits {
    double seconds = 60;                 // of processor time to load a model, and for each call …
    double seconds_per_frame = .2;       // … and for each frame of latents
    uint64_t memory = uint64_t(8) << 30; // bytes, more than the program's own
};

class ModelProcess {
  public:
    // Loads the model. Thread: control. Throws Error with one line that names the file.
    explicit ModelProcess(const std::string& file, ModelLimits limits = {});
    ~ModelProcess();
    ModelProcess(const ModelProcess&) = delete;
    ModelProcess& operator=(const ModelProcess&) = delete;

    const std::string& file() const { return file_; }
    const ScriptedShape& shape() const { return shape_; }

    // As ScriptedModel. Throws Error with one line that names the file, also if the child dies.
    Tensor encode(const Tensor& sound);
    Tensor decode(const Tensor& latents);

  private:
    Tensor call(int64_t operation, const Tensor& input);
    Tensor receive_reply(double seconds); // of processor time that the child may take
    void end();
    [[noreturn]] void fail_ended();

    ModelLimits limits_;
    std::string file_, reason_; // why the child has ended
    std::mutex mutex_;
    pid_t child_ = -1; // -1 once it has ended
    int socket_ = -1;
    ScriptedShape shape_;
};

} // namespace timbrel::models
