// Does what a session does: finds the command's name, lets it run slice by slice, adds the tagged response.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/unit_test.hpp>

namespace imap_tests {

namespace {

imap::command_text command_of(const std::string& octets) {
    imap::command_text out;
    for (std::size_t at = 0; at < octets.size();) {
        const auto behind = octets.find("}\r\n", at);
        const auto brace = behind == std::string::npos ? behind : octets.rfind('{', behind);
        if (brace == std::string::npos) {
            out.text += octets.substr(at);
            break;
        }
        out.text += octets.substr(at, behind + 3 - at);
        const auto size = std::stoul(octets.substr(brace + 1));
        imap::literal l;
        l.text_end = out.text.size();
        l.text_begin = l.text_end - (behind + 3 - brace);
        l.octets = octets.substr(behind + 3, size);
        out.literals.push_back(std::move(l));
        at = behind + 3 + size;
    }
    return out;
}

} // namespace

selected_dialog::selected_dialog(memory_account& account, bool examine, const std::string& name)
    : account_(account)
    , examine_(examine)
    , name_(name) {
    in_ = std::make_unique<imap::selected_folder>(*account.open(name), examine);
}

std::string selected_dialog::run(const std::string& command) {
    auto text = command_of(command);
    imap::cursor c(text, how.speaks_utf8());
    const bool by_uid = c.take_word("UID") && c.take(' ');
    const auto word = c.upper_atom();
    imap::response_writer out(how);
    imap::begun run;
    if (word == "FETCH")
        run = imap::begin_fetch(c, *in_, how, by_uid);
    else if (word == "STORE")
        run = imap::begin_store(c, *in_, how, by_uid);
    else if (word == "SEARCH")
        run = imap::begin_search(c, *in_, how, by_uid, "a");
    else if (word == "SORT")
        run = imap::begin_sort(c, *in_, how, by_uid, "a");
    else if (word == "THREAD")
        run = imap::begin_thread(c, *in_, how, by_uid);
    else if (word == "COPY")
        run = imap::begin_copy(c, *in_, how, account_, by_uid);
    else if (word == "MOVE")
        run = imap::begin_move(c, *in_, how, account_, by_uid);
    else if (word == "EXPUNGE")
        run = by_uid ? imap::begin_uid_expunge(c, *in_, how) : imap::begin_expunge(c, *in_, how);
    else if (word == "NOOP") {
        in_->catch_up();
        while (!in_->tell(out, how, true)) {
        }
        out.tagged("a", imap::completion::ok("NOOP completed"));
        return out.take();
    } else
        BOOST_FAIL("no command " << word);
    if (!run) {
        out.tagged("a", imap::completion::bad(run.error().text, run.error().code));
        return out.take();
    }
    std::string all;
    for (slices = 1; !(*run)->step(out); ++slices)
        all += out.take();
    out.tagged("a", (*run)->outcome());
    return all + out.take();
}

namespace {

// Where the last line begins.
std::size_t last_line(const std::string& all) {
    const auto before = all.rfind("\r\n", all.size() - 3);
    return before == std::string::npos ? 0 : before + 2;
}

} // namespace

std::string selected_dialog::untagged(const std::string& command) {
    const auto all = run(command);
    return all.substr(0, last_line(all));
}

std::string selected_dialog::tagged(const std::string& command) {
    const auto all = run(command);
    return all.substr(last_line(all));
}

std::string selected_dialog::select(const std::string& options) {
    auto text = command_of(options);
    imap::cursor c(text, how.speaks_utf8());
    const auto read = imap::read_select_options(c, how);
    c.end();
    imap::response_writer out(how);
    if (c.failed()) {
        out.tagged("a", imap::completion::bad(c.why().text));
        return out.take();
    }
    in_ = std::make_unique<imap::selected_folder>(*account_.open(name_), examine_);
    const auto run = imap::begin_announcement(*in_, read, how);
    while (!run->step(out)) {
    }
    out.tagged("a", run->outcome());
    return out.take();
}

} // namespace imap_tests
