// Steps that send octets or call a fragment. Any octets may be sent, legal or not: breaking the rules is
// what many cases are for. Looks at no server's answer. Follows docs/suite-language.md, "Sending" and
// "Blocks".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

namespace mailspec::suite {

// One space separates `C:` from the text; any further one is the text's own (a folded header field).
step_body parse_send_line(line_cursor& line) {
    if (!line.at_end() && !line.take_octet(' ')) line.fail("expected a space after `C:`");
    return send_line{line.to_end()};
}

step_body parse_send(line_cursor& line) {
    static constexpr std::string_view forms = "\"TEXT\" or N of \"TEXT\", as 1 MiB of \"0123456789\"";
    if (line.at_quoted()) {
        send_raw step{line.quoted()};
        line.expect_end("the text");
        return step;
    }
    send_generated step;
    if (line.rest().starts_with('{'))
        step.count = line.plain_word();
    else
        step.count = line.octet_count(forms);
    if (line.ok() && !line.take("of")) line.fail_expected("`of` and a text, as 64 KiB of \"abc\"");
    step.text = line.quoted();
    if (line.ok() && step.text.source.empty()) line.fail("found an empty text, expected octets to repeat");
    line.expect_end("the text");
    return step;
}

step_body parse_pause(line_cursor& line) {
    pause step{line.duration()};
    line.expect_end("the time");
    return step;
}

namespace {

bool is_placeholder_name(std::string_view name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

// The offset of the `>` that closes, not one inside a quoted local part (RFC 5321 §4.1.2: Quoted-string).
std::size_t closing_angle(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '>' && !quoted)
            return i;
    }
    return std::string_view::npos;
}

// <> and "" only bound the value: `sender=<>` is the empty one, `sender=<"a b"@x>` has a space in it.
text_template argument_value(line_cursor& line) {
    if (line.at_quoted()) return line.quoted();
    if (!line.rest().starts_with('<')) return line.plain_word();
    line.skip(1);
    auto end = closing_angle(line.rest());
    if (end == std::string_view::npos) return line.fail("found `<` without its `>`"), text_template{};
    auto value = parse_template(line.rest().substr(0, end), template_kind::plain);
    if (!value)
        return line.fail_at(line.offset() + value.error().offset, value.error().text), text_template{};
    line.skip(end + 1);
    line.skip_spaces();
    return *value;
}

} // namespace

fragment_block parse_fragment_call(line_cursor& line) {
    fragment_block call;
    if (line.at_end()) line.fail_expected("the name of a fragment, as `do hello`");
    call.name = line.word();
    while (line.ok() && !line.at_end()) {
        auto name = line.peek().substr(0, line.peek().find('='));
        if (name.size() == line.peek().size() || !is_placeholder_name(name)) {
            line.fail_expected("values as `sender=<>` or the end of the line");
            break;
        }
        line.skip(name.size() + 1);
        call.values.emplace_back(std::string(name), argument_value(line));
    }
    return call;
}

} // namespace mailspec::suite
