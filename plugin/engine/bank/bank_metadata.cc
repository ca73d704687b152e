// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_metadata.h"

#include <nlohmann/json.hpp>

namespace timbrel::engine {

namespace {

using nlohmann::json;

// Counts while nlohmann's parser, which does not recurse, reads the text. Every function returns false to stop it.
class BoundedReader : public nlohmann::json_sax<json> {
  public:
    const std::string& error() const { return error_; }

    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(number_integer_t) override { return count(); }
    bool number_unsigned(number_unsigned_t) override { return count(); }
    bool number_float(number_float_t, const string_t&) override { return count(); }
    bool string(string_t& text) override { return count_text(text); }
    bool binary(binary_t&) override { return count(); }
    bool key(string_t& text) override { return count_text(text); }
    bool start_object(size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(size_t) override { return depth_ == 0 ? stop("its metadata is not a JSON object") : enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
        return stop("its metadata is not a JSON object");
    }

  private:
    bool stop(const char* reason) {
        error_ = reason;
        return false;
    }
    bool count() {
        if (depth_ == 0) return stop("its metadata is not a JSON object");
        return ++values_ <= bank_max_json_values || stop("its metadata has too many values");
    }
    bool count_text(const std::string& text) {
        if (text.size() > bank_max_json_text) return stop("its metadata has too long a text");
        return count();
    }
    bool enter() {
        if (++depth_ > bank_max_json_depth) return stop("its metadata is nested too deeply");
        return count();
    }
    bool leave() {
        --depth_;
        return true;
    }

    std::string error_;
    uint32_t depth_ = 0, values_ = 0;
};

} // namespace

std::string metadata_error(std::string_view text) {
    if (text.size() > bank_max_json) return "invalid metadata size";
    BoundedReader reader;
    json::sax_parse(text.begin(), text.end(), &reader);
    return reader.error();
}

json parse_metadata(std::string_view text) { return json::parse(text.begin(), text.end()); }

} // namespace timbrel::engine
