// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/model_process.h"

#include "common/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace timbrel::models {
namespace {

constexpr uintmax_t max_file = uintmax_t(2) << 30; // bytes
constexpr double waiting_factor = 20;              // of the time on the clock to processor time, on a busy machine
constexpr int64_t max_values = int64_t(1) << 28;   // in a tensor
constexpr std::string_view archive_mark = "PK";    // of a zip archive
constexpr int64_t encode_operation = 0, decode_operation = 1;

struct TensorHeader { // of a request: operation; of a reply: 0, or 1 for a text of `columns` bytes
    int64_t what = 0, rows = 0, columns = 0;
};

// Returns false at the end of the stream.
bool read_all(int socket, void* bytes, size_t size) {
    for (auto* at = static_cast<char*>(bytes); size > 0;) {
        const ssize_t got = read(socket, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got, size -= size_t(got);
    }
    return true;
}

bool write_all(int socket, const void* bytes, size_t size) {
    for (auto* at = static_cast<const char*>(bytes); size > 0;) {
        const ssize_t sent = ::send(socket, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent, size -= size_t(sent);
    }
    return true;
}

void limit(__rlimit_resource resource, rlim_t value) {
    rlimit now{};
    getrlimit(resource, &now);
    now.rlim_cur = std::min(value, now.rlim_max);
    setrlimit(resource, &now);
}

// Ends this process by a signal once it has computed for so long.
void limit_processor_time(double seconds) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    limit(RLIMIT_CPU, rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + rlim_t(std::ceil(seconds)) + 1);
}

// Bytes of memory that this process may write.
rlim_t data_size() {
    std::ifstream statm("/proc/self/statm");
    rlim_t pages[6] = {};
    for (auto& number : pages) statm >> number;
    return pages[5] * rlim_t(sysconf(_SC_PAGESIZE));
}

void confine(const ModelLimits& limits) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU, SIGTERM}) std::signal(signal, SIG_DFL);
    std::signal(SIGINT, SIG_IGN); // the parent ends this process
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO); // libTorch warns there
    // The first of each reads files: random numbers /dev/urandom, a convolution what processor this is.
    torch::conv1d(torch::rand({1, 1, 8}), torch::zeros({1, 1, 3}));
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_DATA, data_size() + limits.memory);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 0);
    limit_processor_time(limits.seconds);
}

void reply(int socket, const std::string& error) {
    const TensorHeader header{1, 1, int64_t(error.size())};
    if (!write_all(socket, &header, sizeof header) || !write_all(socket, error.data(), error.size())) _exit(1);
}

void reply(int socket, const Tensor& result) {
    const TensorHeader header{0, result.size(0), result.size(1)};
    if (!write_all(socket, &header, sizeof header) ||
        !write_all(socket, result.data_ptr<float>(), size_t(result.numel()) * sizeof(float)))
        _exit(1);
}

// The shape as numbers [1, 6].
Tensor shape_tensor(const ScriptedShape& s) {
    return torch::tensor({{float(s.in_channels), float(s.out_channels), float(s.numbers), float(s.ratio), float(s.rate),
                           float(s.kind)}});
}

ScriptedShape shape_of(const Tensor& t) {
    const float* v = t.data_ptr<float>();
    return {int64_t(v[0]), int64_t(v[1]), int64_t(v[2]), int64_t(v[3]), double(v[4]), LatentKind(int64_t(v[5]))};
}

void answer_requests(int socket, const ScriptedModel& model, const ModelLimits& limits) {
    TensorHeader request;
    while (read_all(socket, &request, sizeof request)) {
        auto input = torch::empty({request.rows, request.columns});
        if (!read_all(socket, input.data_ptr<float>(), size_t(input.numel()) * sizeof(float))) return;
        const bool encodes = request.what == encode_operation;
        const double frames = double(request.columns) / (encodes ? double(model.shape().ratio) : 1);
        limit_processor_time(limits.seconds + limits.seconds_per_frame * frames);
        try {
            reply(socket, encodes ? model.encode(input) : model.decode(input));
        } catch (const std::exception& error) {
            reply(socket, error.what());
        }
    }
}

[[noreturn]] void run_child(int socket, const std::string& archive, const ModelLimits& limits) {
    try {
        confine(limits);
        const ScriptedModel model(archive);
        reply(socket, shape_tensor(model.shape()));
        answer_requests(socket, model, limits);
    } catch (const std::exception& error) {
        reply(socket, error.what());
    }
    _exit(0);
}

std::string read_file(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) throw Error(file + ": there is no such file");
    if (std::filesystem::file_size(file, error) > max_file) throw Error(file + ": is larger than 2 GiB");
    std::ifstream in(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw Error(file + ": cannot be read");
    return bytes;
}

} // namespace

bool is_torchscript(const std::string& file) {
    char start[2] = {};
    std::ifstream(file, std::ios::binary).read(start, sizeof start);
    return file.ends_with(".ts") || std::string_view(start, sizeof start) == archive_mark;
}

ModelProcess::ModelProcess(const std::string& file, ModelLimits limits) : limits_(limits), file_(file) {
    const std::string archive = read_file(file);
    if (!archive.starts_with(archive_mark)) throw Error(file + ": is no TorchScript file");
    std::array<int, 2> sockets{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0)
        throw Error(file + ": no process can be started for it: " + std::strerror(errno));
    child_ = fork();
    if (child_ == 0) {
        close(sockets[0]);
        run_child(sockets[1], archive, limits);
    }
    close(sockets[1]);
    socket_ = sockets[0];
    if (child_ < 0) {
        close(socket_);
        throw Error(file + ": no process can be started for it: " + std::strerror(errno));
    }
    try {
        shape_ = shape_of(receive_reply(limits.seconds));
    } catch (const Error&) {
        end();
        throw;
    }
}

ModelProcess::~ModelProcess() { end(); }

void ModelProcess::end() {
    if (child_ < 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(socket_);
    child_ = -1;
}

Tensor ModelProcess::encode(const Tensor& sound) { return call(encode_operation, sound); }
Tensor ModelProcess::decode(const Tensor& latents) { return call(decode_operation, latents); }

Tensor ModelProcess::call(int64_t operation, const Tensor& input) {
    const std::lock_guard lock(mutex_);
    if (child_ < 0) throw Error(file_ + ": " + reason_);
    const auto values = input.to(torch::kCPU, torch::kFloat).contiguous();
    const TensorHeader header{operation, values.size(0), values.size(1)};
    if (!write_all(socket_, &header, sizeof header) ||
        !write_all(socket_, values.data_ptr<float>(), size_t(values.numel()) * sizeof(float)))
        fail_ended();
    return receive_reply(limits_.seconds + limits_.seconds_per_frame * double(values.size(1)) /
                                               (operation == encode_operation ? double(shape_.ratio) : 1));
}

Tensor ModelProcess::receive_reply(double seconds) {
    pollfd readable{socket_, POLLIN, 0};
    int ready = 0;
    do ready = poll(&readable, 1, int(std::min(seconds * waiting_factor, 1e5) * 1000));
    while (ready < 0 && errno == EINTR);
    TensorHeader header;
    if (ready == 0) {
        reason_ = "takes too long";
        end();
        throw Error(file_ + ": " + reason_);
    }
    if (!read_all(socket_, &header, sizeof header) || header.rows < 0 || header.columns < 0 ||
        header.rows > max_values || header.columns > max_values || header.rows * header.columns > max_values)
        fail_ended();
    if (header.what != 0) {
        std::string error(size_t(header.columns), '\0');
        if (!read_all(socket_, error.data(), error.size())) fail_ended();
        throw Error(file_ + ": " + error);
    }
    auto result = torch::empty({header.rows, header.columns});
    if (!read_all(socket_, result.data_ptr<float>(), size_t(result.numel()) * sizeof(float))) fail_ended();
    return result;
}

// The child has ended by itself.
void ModelProcess::fail_ended() {
    kill(child_, SIGKILL); // where it only closed its socket
    int status = 0;
    waitpid(child_, &status, 0);
    close(socket_);
    child_ = -1;
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    reason_ = signal == SIGXCPU ? "takes too long" : signal == SIGKILL ? "stopped" : "crashes libTorch";
    throw Error(file_ + ": " + reason_);
}

} // namespace timbrel::models
