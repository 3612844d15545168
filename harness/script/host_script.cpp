// See the header and docs/suite-world.md, "Its remote hosts".
#include "harness/script/host_script.hpp"

#include "harness/script/text_pattern.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::script {
namespace {

using what = world::host_line::what;

// The whole line, parameters may follow. Commands are the same in any case (RFC 5321 §2.4), what is behind
// the first colon or space is not.
bool is_line(std::string_view line, std::string_view wanted) {
    const auto head = std::min(wanted.find_first_of(": "), wanted.size());
    if (line.size() < wanted.size() || !wire::same_word(line.substr(0, head), wanted.substr(0, head)))
        return false;
    if (line.substr(head, wanted.size() - head) != wanted.substr(head)) return false;
    return line.size() == wanted.size() || line[wanted.size()] == ' ';
}

class host_script_maker {
  public:
    explicit host_script_maker(expansion& values)
        : values_(values) {}

    void steps(std::span<const suite::step> script) {
        for (const auto& s : script) {
            if (!error.empty()) return;
            step_ = &s;
            std::visit([this](const auto& body) { line_of(body); }, s.body);
        }
    }

    host_lines made;
    std::string error;

  private:
    void add(world::host_line line) {
        made.lines.push_back(std::move(line));
        made.steps.push_back(step_);
    }
    void add(what kind) {
        world::host_line line;
        line.kind = kind;
        add(std::move(line));
    }

    std::string octets(const suite::text_template& text, std::size_t behind = 0) {
        auto filled = values_.octets(text, {}, behind);
        if (filled) return std::move(*filled);
        error = fmt::format("`{}`: {}", step_->source, filled.error());
        return {};
    }

    void say(std::string octets) {
        world::host_line line;
        line.octets = std::move(octets);
        add(std::move(line));
    }

    void line_of(const suite::send_line& s) { say(octets(s.text, 2) + "\r\n"); }
    void line_of(const suite::send_raw& s) { say(octets(s.text)); }
    void line_of(const suite::send_generated& s) {
        std::uint64_t count = 0;
        if (const auto* number = std::get_if<std::uint64_t>(&s.count)) {
            count = *number;
        } else {
            const auto digits = octets(std::get<suite::text_template>(s.count));
            std::from_chars(digits.data(), digits.data() + digits.size(), count);
        }
        const auto unit = octets(s.text);
        if (unit.empty() || count > (1u << 30)) return;
        std::string all;
        while (all.size() < count)
            all += unit;
        all.resize(count);
        say(std::move(all));
    }
    void line_of(const suite::expect_client& s) {
        using kind = suite::expect_client::kind;
        world::host_line line;
        line.kind = what::expect;
        if (s.what == kind::message || s.what == kind::close) {
            line.kind = s.what == kind::close ? what::expect_close : what::expect_message;
            line.wanted =
                s.what == kind::close ? "the connection closed by the server under test" : "a message";
        } else if (s.what == kind::matches) {
            auto expression = values_.regex(*s.text, {});
            if (!expression) {
                error = expression.error();
                return;
            }
            line.wanted = fmt::format("a line that matches ~{}~", *expression);
            auto compiled = text_pattern::compile(*expression);
            if (!compiled) {
                error = compiled.error();
                return;
            }
            line.fits = [pattern = *compiled](std::string_view text) {
                return pattern.found_in(text).value_or(false);
            };
        } else {
            auto wanted = octets(*s.text);
            line.wanted = wanted;
            line.fits = [wanted](std::string_view text) { return is_line(text, wanted); };
        }
        add(std::move(line));
    }
    void line_of(const suite::pause& s) {
        world::host_line line;
        line.kind = what::pause;
        line.duration = s.duration;
        add(std::move(line));
    }
    void line_of(const suite::hold_back&) { add(what::hold); }
    void line_of(const suite::split&) { add(what::split); }
    void line_of(const suite::start_tls&) {
        world::host_line line;
        line.kind = what::tls;
        line.wanted = "a TLS handshake";
        add(std::move(line));
    }
    void line_of(const suite::close_connection&) { add(what::close); }
    void line_of(const suite::reset_connection&) { add(what::reset); }
    void line_of(const suite::serve_as_stock&) { add(what::serve); }
    void line_of(const suite::repeat_block& block) {
        values_.enter_repeat();
        for (std::uint64_t turn = 0; turn < block.times && error.empty(); ++turn) {
            values_.next_turn();
            steps(block.steps);
        }
        values_.leave_repeat();
    }
    template <typename Other>
    void line_of(const Other&) { // the grammar of hosts' scripts lets no other through
        error = fmt::format("`{}` is no step of a host's script", step_->source);
    }

    expansion& values_;
    const suite::step* step_ = nullptr;
};

} // namespace

std::expected<host_lines, std::string> host_script(std::span<const suite::step> script, expansion& values) {
    host_script_maker maker(values);
    maker.steps(script);
    if (!maker.error.empty()) return std::unexpected(std::move(maker.error));
    return std::move(maker.made);
}

} // namespace mailspec::script
