// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/presets/turtle.h"

#include "common/error.h"

#include <serd/serd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace timbrel::lv2 {

namespace {

namespace fs = std::filesystem;

const uint8_t* bytes(const std::string& text) { return reinterpret_cast<const uint8_t*>(text.c_str()); }

// Owned by this object, as nodes are freed by hand.
class OwnedNode {
  public:
    explicit OwnedNode(SerdNode node) : node_(node) {}
    ~OwnedNode() { serd_node_free(&node_); }
    OwnedNode(const OwnedNode&) = delete;
    OwnedNode& operator=(const OwnedNode&) = delete;
    const SerdNode* get() const { return &node_; }
    std::string text() const {
        return node_.buf ? std::string(reinterpret_cast<const char*>(node_.buf), node_.n_bytes) : std::string();
    }

  private:
    SerdNode node_;
};

OwnedNode file_node(const fs::path& file) {
    return OwnedNode(serd_node_new_file_uri(bytes(fs::absolute(file).string()), nullptr, nullptr, true));
}

template<auto release>
struct Deleter {
    template<typename T>
    void operator()(T* object) const {
        release(object);
    }
};
using Env = std::unique_ptr<SerdEnv, Deleter<serd_env_free>>;
using Reader = std::unique_ptr<SerdReader, Deleter<serd_reader_free>>;
using Writer = std::unique_ptr<SerdWriter, Deleter<serd_writer_free>>;
using File = std::unique_ptr<FILE, Deleter<std::fclose>>;

// The sinks of one reading.
struct Reading {
    Env env;
    std::vector<TurtleTriple>* triples = nullptr;
    // For replace_literal().
    SerdWriter* writer = nullptr;
    const std::string *subject = nullptr, *predicate = nullptr, *literal = nullptr;
    std::string error;

    TurtleNode expanded(const SerdNode* node, const SerdNode* datatype) const {
        const std::string text(reinterpret_cast<const char*>(node->buf), node->n_bytes);
        if (node->type == SERD_LITERAL)
            return {TurtleNode::Kind::literal, text,
                    datatype && datatype->buf ? OwnedNode(serd_env_expand_node(env.get(), datatype)).text() : ""};
        if (node->type == SERD_BLANK) return {TurtleNode::Kind::blank, text, {}};
        return {TurtleNode::Kind::uri, OwnedNode(serd_env_expand_node(env.get(), node)).text(), {}};
    }
};

SerdStatus set_base(void* data, const SerdNode* uri) {
    auto& reading = *static_cast<Reading*>(data);
    if (reading.writer) serd_writer_set_base_uri(reading.writer, uri);
    return serd_env_set_base_uri(reading.env.get(), uri);
}

SerdStatus set_prefix(void* data, const SerdNode* name, const SerdNode* uri) {
    auto& reading = *static_cast<Reading*>(data);
    if (reading.writer) serd_writer_set_prefix(reading.writer, name, uri);
    return serd_env_set_prefix(reading.env.get(), name, uri);
}

SerdStatus take_statement(void* data, SerdStatementFlags flags, const SerdNode* graph, const SerdNode* subject,
                          const SerdNode* predicate, const SerdNode* object, const SerdNode* datatype,
                          const SerdNode* language) {
    auto& reading = *static_cast<Reading*>(data);
    TurtleTriple triple{reading.expanded(subject, nullptr), reading.expanded(predicate, nullptr).text, {}};
    if (reading.triples) {
        triple.object = reading.expanded(object, datatype);
        reading.triples->push_back(std::move(triple));
        return SERD_SUCCESS;
    }
    if (triple.subject.text != *reading.subject || triple.predicate != *reading.predicate)
        return serd_writer_write_statement(reading.writer, flags, graph, subject, predicate, object, datatype,
                                           language);
    const SerdNode literal = serd_node_from_string(SERD_LITERAL, bytes(*reading.literal));
    return serd_writer_write_statement(reading.writer, flags, graph, subject, predicate, &literal, nullptr, nullptr);
}

SerdStatus end_blank(void* data, const SerdNode* node) {
    const auto& reading = *static_cast<Reading*>(data);
    return reading.writer ? serd_writer_end_anon(reading.writer, node) : SERD_SUCCESS;
}

SerdStatus keep_error(void* data, const SerdError* error) {
    auto& text = static_cast<Reading*>(data)->error;
    if (text.empty()) text = "no Turtle in line " + std::to_string(error->line);
    return SERD_SUCCESS;
}

void read(const fs::path& file, Reading& reading) {
    const File in(std::fopen(file.c_str(), "re"));
    if (!in) throw Error(file.string() + ": cannot be read (" + std::strerror(errno) + ")");
    const Reader reader(
        serd_reader_new(SERD_TURTLE, &reading, nullptr, set_base, set_prefix, take_statement, end_blank));
    serd_reader_set_error_sink(reader.get(), keep_error, &reading);
    const SerdStatus status = serd_reader_read_file_handle(reader.get(), in.get(), bytes(file.string()));
    if (status > SERD_FAILURE || !reading.error.empty())
        throw Error(file.string() + ": cannot be read (" +
                    (reading.error.empty() ? reinterpret_cast<const char*>(serd_strerror(status)) : reading.error) +
                    ")");
}

} // namespace

std::vector<TurtleTriple> read_turtle(const fs::path& file) {
    std::vector<TurtleTriple> triples;
    Reading reading;
    reading.env.reset(serd_env_new(file_node(file).get()));
    reading.triples = &triples;
    read(file, reading);
    return triples;
}

std::string replace_literal(const fs::path& file, const std::string& subject, const std::string& predicate,
                            const std::string& literal) {
    std::string text;
    const SerdSink append = [](const void* part, size_t size, void* to) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(part), size);
        return size;
    };
    Reading reading;
    reading.env.reset(serd_env_new(file_node(file).get()));
    reading.subject = &subject;
    reading.predicate = &predicate;
    reading.literal = &literal;
    const Env env(serd_env_new(nullptr)); // without a base, so that relative URIs stay
    const Writer writer(serd_writer_new(SERD_TURTLE, static_cast<SerdStyle>(SERD_STYLE_ABBREVIATED | SERD_STYLE_CURIED),
                                        env.get(), nullptr, append, &text));
    reading.writer = writer.get();
    read(file, reading);
    if (serd_writer_finish(writer.get()) != SERD_SUCCESS) throw Error(file.string() + ": cannot be written again");
    return text;
}

std::string base64_of(std::span<const uint8_t> bytes) {
    return bytes.empty() ? std::string() : OwnedNode(serd_node_new_blob(bytes.data(), bytes.size(), false)).text();
}

std::vector<uint8_t> bytes_of_base64(const std::string& text) {
    size_t size = 0;
    const std::unique_ptr<uint8_t, Deleter<serd_free>> decoded(
        static_cast<uint8_t*>(serd_base64_decode(bytes(text), text.size(), &size)));
    return decoded ? std::vector<uint8_t>(decoded.get(), decoded.get() + size) : std::vector<uint8_t>();
}

std::string file_uri(const fs::path& file) { return file_node(file).text(); }

fs::path path_of_uri(const std::string& uri) {
    if (!uri.starts_with("file:")) return {};
    const std::unique_ptr<uint8_t, Deleter<serd_free>> path(serd_file_uri_parse(bytes(uri), nullptr));
    return path ? fs::path(reinterpret_cast<const char*>(path.get())) : fs::path();
}

} // namespace timbrel::lv2
