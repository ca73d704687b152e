// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/bake_connection.h"

#include "common/error.h"
#include "common/foreign_text.h"
#include "common/programs/bake_service.h"
#include "models/audio/sources/source.h"
#include "models/bake/bake_stages.h"
#include "models/torchscript/codec_source.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr int request_timeout = 10000; // ms
constexpr size_t max_warnings = 30;    // lines for each corner
constexpr size_t max_warning = 400;    // characters

// Opens the sources, and reports every one that cannot be opened. Returns the recipe with its pitches.
PlaneRecipe complete_recipe(BakeConnection& connection, const PlaneRecipe& recipe) {
    SourceList sources;
    for (size_t i = 0; i < recipe.sources.size(); ++i) {
        try {
            sources.push_back(open_corner_source(recipe.sources[i]));
        } catch (const std::exception& error) {
            connection.send({{"refused", i}, {"why", error.what()}});
        }
    }
    if (sources.size() < recipe.sources.size()) throw Error("a sound cannot be used");
    return with_pitches(recipe, sources);
}

// Some lines of each corner; a folder of recordings may have hundreds.
void send_warnings(BakeConnection& connection, const std::vector<std::vector<std::string>>& warnings) {
    for (size_t corner = 0; corner < warnings.size(); ++corner) {
        std::vector<std::string> lines;
        for (const auto& warning : warnings[corner])
            if (lines.size() < max_warnings) lines.push_back(printable(warning, max_warning));
        if (const size_t left_out = warnings[corner].size() - lines.size())
            lines.push_back("and " + std::to_string(left_out) + " more, which timbrel bake prints");
        connection.send({{"noticed", corner}, {"what", lines}});
    }
}

// Seconds of sound, of notes that are probably so long.
double work(const PlaneRecipe& recipe) {
    constexpr double usual_seconds = 3;
    const double seconds = recipe.seconds > 0 ? recipe.seconds : usual_seconds;
    return seconds * recipe.columns() * recipe.rows() * double(recipe.pitches.size() * recipe.velocities.size());
}

} // namespace

json BakeConnection::read_request() {
    std::string line;
    pollfd readable{socket_, POLLIN, 0};
    while (line.find('\n') == line.npos) {
        char buffer[4096];
        if (line.size() > max_service_line || poll(&readable, 1, request_timeout) != 1) throw Error("no request");
        const ssize_t size = recv(socket_, buffer, sizeof buffer, 0);
        if (size <= 0) throw Error("no request");
        line.append(buffer, size_t(size));
    }
    json request = json::parse(line, nullptr, false);
    if (!request.is_object()) throw Error("the request is malformed");
    return request;
}

void BakeConnection::end_with_window() {
    std::thread([socket = socket_] {
        char ignored[64];
        while (recv(socket, ignored, sizeof ignored, 0) > 0) {
        }
        _exit(0);
    }).detach();
}

void BakeConnection::send(const json& message) {
    const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    for (size_t sent = 0; sent < line.size();) {
        const ssize_t size = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) return;
        sent += size_t(size);
    }
}

void check_sources(BakeConnection& connection, const std::vector<std::string>& sources) {
    for (size_t i = 0; i < sources.size(); ++i) {
        try {
            const json origin = open_corner_source(sources[i])->provenance();
            connection.send({{"source", i}, {"hash", origin.value("hash", "")}});
        } catch (const std::exception& error) {
            connection.send({{"refused", i}, {"why", error.what()}});
        }
    }
    connection.send({{"finished", true}});
}

void bake_in_stages(BakeConnection& connection, const PlaneRecipe& wanted, const Shard& shard, torch::Device device,
                    const std::string& output, double fine_tune_minutes) {
    using std::chrono::steady_clock;
    const auto stages = bake_stages(complete_recipe(connection, wanted));
    double all_work = 0, done_work = 0;
    for (const auto& stage : stages) all_work += work(stage);
    const auto start = steady_clock::now();
    for (size_t i = 0; i < stages.size(); ++i) {
        const auto report = [&](size_t done, size_t total) {
            const double fraction = (done_work + work(stages[i]) * double(done) / double(total)) / all_work;
            json message = {{"stage", i + 1}, {"of", stages.size()}, {"done", fraction}};
            if (i > 0)
                message["left"] =
                    std::chrono::duration<double>(steady_clock::now() - start).count() * (1 - fraction) / fraction;
            connection.send(message);
        };
        report(0, 1);
        const bool last = i + 1 == stages.size();
        bake(stages[i], last ? shard : Shard{}, device, output, last ? fine_tune_minutes : 0,
             {report, [&](const auto& warnings) { send_warnings(connection, warnings); }});
        done_work += work(stages[i]);
        connection.send({{"bank", output}, {"stage", i + 1}});
    }
    connection.send({{"finished", true}});
}

} // namespace timbrel::models
