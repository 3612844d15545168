// A delivery into the mbox of a user; see the header.
#include "reference/store/mbox_delivery.hpp"

#include "reference/store/mail_store.hpp"
#include "reference/store/mbox_folder.hpp"
#include "reference/store/message_file.hpp"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace refmail::store {
namespace {

// An mbox is text. In a part that was text itself, the line ends of the wire are encoded, not those of the
// file.
void put_in_text(std::string& octets, bool raw) {
    if (!octets.contains('\0')) return;
    auto text = octets;
    if (!raw) make_crlf(text);
    if (encode_binary(text)) octets = raw ? std::move(text) : to_store(std::move(text)).octets;
}

result<std::string> delivered_octets(const std::string& path, bool raw) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return disk_failure(errno, "open", path);
    auto octets = read_octets(file, {0, octets_in(file)}, path);
    ::close(file);
    if (octets) put_in_text(*octets, raw);
    return octets;
}

// RFC 5321 §4.4: the reverse-path stands in front of all else.
std::string sender_in(std::string_view message) {
    constexpr std::string_view name = "Return-Path: <";
    if (!message.starts_with(name)) return "";
    const auto line = message.substr(0, message.find('\n'));
    const auto end = line.rfind('>');
    return std::string(line.substr(name.size(), end == line.npos ? 0 : end - name.size()));
}

} // namespace

result<std::unique_ptr<mbox_file::hold>> append_to_mbox(mail_store& store, const std::string& user,
                                                        const std::vector<std::string>& messages, bool raw) {
    std::vector<mbox_entry> entries;
    mbox_text text("");
    for (const auto& path : messages) {
        auto octets = delivered_octets(path, raw);
        if (!octets) return std::unexpected(octets.error());
        entries.push_back(mbox_entry_of(*octets, raw, sender_in(*octets), std::time(nullptr)));
        (void)text.add(std::exchange(entries.back().text, {})); // in memory
    }
    const auto mbox = store.mbox_of(user);
    if (raw || !mbox->is_mended()) { // only who knows the UIDs can mend, and remember how octets come back
        const auto inbox = store.mbox_inbox_of(user);
        if (!inbox) return std::unexpected(inbox.error());
        for (const auto& one : entries)
            if (one.info.raw || one.info.open)
                if (auto known = (*inbox)->expect(one); !known)
                    return std::unexpected(disk_error_of(known.error()));
    }
    auto held = mbox->lock();
    if (!held) return held;
    if (auto done = (*held)->append(std::move(text)); !done) return std::unexpected(done.error());
    return held;
}

} // namespace refmail::store
