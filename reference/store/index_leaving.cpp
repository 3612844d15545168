// Messages whose rows are gone and whose files must go: MOVE between a Maildir and an mbox cannot do both at
// once; see account_index.hpp.
#include "reference/store/account_index.hpp"

namespace refmail::store {

void account_index::changes::leave(const mailbox_row& box, const std::string& base) {
    index_.db_->run("INSERT OR REPLACE INTO leaving VALUES(?, ?)", {box.id, base});
}

void account_index::changes::left(const mailbox_row& box, const std::string& base) {
    index_.db_->run("DELETE FROM leaving WHERE mailbox = ? AND base = ?", {box.id, base});
}

mailbox::result<std::vector<std::pair<std::string, std::string>>> account_index::leaving() {
    const std::lock_guard hold(lock_);
    std::vector<std::pair<std::string, std::string>> all;
    const bool read = db_->each(
        "SELECT b.name, l.base FROM leaving l JOIN mailbox b ON b.id = l.mailbox", {},
        [&](const database::row& r) { all.emplace_back(std::string(r.text(0)), std::string(r.text(1))); });
    if (!read) return std::unexpected(why());
    return all;
}

void account_index::changes::expect(const std::string& digest, const std::string& info,
                                    std::uint64_t octets) {
    index_.db_->run("INSERT OR REPLACE INTO expected VALUES(?, ?, ?)", {digest, info, octets});
}

void account_index::changes::expected(const std::string& digest) {
    index_.db_->run("DELETE FROM expected WHERE digest = ?", {digest});
}

mailbox::result<std::map<std::string, account_index::form>> account_index::expected() {
    const std::lock_guard hold(lock_);
    std::map<std::string, form> all;
    const bool read = db_->each("SELECT digest, info, octets FROM expected", {}, [&](const database::row& r) {
        all[std::string(r.text(0))] = {std::string(r.text(1)), static_cast<std::uint64_t>(r.number(2))};
    });
    if (!read) return std::unexpected(why());
    return all;
}

} // namespace refmail::store
