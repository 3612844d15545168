// Reading Maildirs: what is new, what moves, what is not there, what cannot be read.
#include "harness/world/crlf.hpp"
#include "harness/world/maildir_writer.hpp"
#include "net/run.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace mailspec::world;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(maildir)

namespace {

class folder {
  public:
    folder() {
        std::string name = (fs::temp_directory_path() / "maildir-test-XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        root_ = name;
    }
    ~folder() { fs::remove_all(root_); }
    void put(const std::string& path, const std::string& octets) const {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path, std::ios::binary) << octets;
    }
    const fs::path& root() const { return root_; }

  private:
    fs::path root_;
};

const mailbox_owner alice{"alice", "alice-pw", "al@example.test"};

net::result<std::vector<std::string>> find(mailbox_reader& reader, std::string_view token) {
    net::result<std::vector<std::string>> found;
    net::run([&]() -> net::task<void> { found = co_await reader.find(alice, token); });
    return found;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_holds_no_mail) {
    folder f;
    const auto reader = maildir_reader((f.root() / "{user}").string());
    BOOST_TEST(find(*reader, "x").value().empty());
    f.put("alice/new/1.x", "token x\n");
    BOOST_TEST(find(*reader, "x").value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(names_in_the_path) {
    folder f;
    f.put("example.test/al/alice/new/1", "x\n");
    const auto reader = maildir_reader((f.root() / "{domain}/{local-part}/{user}").string());
    BOOST_TEST(find(*reader, "x").value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_put_there_is_found_in_its_order) {
    folder f;
    const auto path = maildir_of((f.root() / "{user}").string(), alice);
    BOOST_TEST(path == (f.root() / "alice").string());
    for (const char* text : {"1 x\r\n.\r\n\r\nlast", "2 x\r\n", "3 x\r\n"})
        BOOST_TEST(put_into_maildir(path, text).has_value());
    const auto reader = maildir_reader(path);
    const auto found = find(*reader, "x").value();
    BOOST_REQUIRE(found.size() == 3u);
    BOOST_TEST(found[0] == "1 x\r\n.\r\n\r\nlast");
    BOOST_TEST(found[1] == "2 x\r\n");
    BOOST_TEST(found[2] == "3 x\r\n");
    BOOST_TEST(fs::is_empty(path + "/tmp"));
    f.put("file", "no folder");
    BOOST_TEST(put_into_maildir((f.root() / "file").string(), "x").error() ==
               "cannot make the folder " + (f.root() / "file/tmp").string() + ": Not a directory");
}

BOOST_AUTO_TEST_CASE(line_ends_are_canonical) {
    folder f;
    f.put("new/1", "a\nb\r\nc\rd\n");
    const auto reader = maildir_reader(f.root().string());
    BOOST_TEST(find(*reader, "a").value().at(0) == "a\r\nb\r\nc\rd\r\n");
    BOOST_TEST(with_crlf("") == "");
    BOOST_TEST(with_crlf("\n\n") == "\r\n\r\n");
    // A mailbox that keeps binary content as it came
    BOOST_TEST(with_crlf("a\r\n\nb\rc\r\n") == "a\r\n\nb\rc\r\n");
    BOOST_TEST(with_crlf("\r\n\r\n") == "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(only_messages_with_the_token_the_oldest_first) {
    folder f;
    f.put("new/2", "mine, first\n");
    fs::last_write_time(f.root() / "new/2", fs::file_time_type::clock::now() - std::chrono::seconds(5));
    f.put("new/1", "mine, second\n");
    f.put("new/3", "yours\n");
    f.put("tmp/4", "mine, half written\n");
    f.put("new/.hidden", "mine\n");
    const auto reader = maildir_reader(f.root().string());
    const auto found = find(*reader, "mine").value();
    BOOST_TEST_REQUIRE(found.size() == 2u);
    BOOST_TEST(found[0] == "mine, first\r\n");
    BOOST_TEST(found[1] == "mine, second\r\n");
    BOOST_TEST(find(*reader, "yours").value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_message_is_read_once) {
    folder f;
    f.put("new/1.host", "mine\n");
    const auto reader = maildir_reader(f.root().string());
    BOOST_TEST(find(*reader, "mine").value().size() == 1u);
    // A mail client looks: the same message with flags. Its octets are not read again.
    fs::create_directories(f.root() / "cur");
    fs::rename(f.root() / "new/1.host", f.root() / "cur/1.host:2,S");
    f.put("cur/1.host:2,S", "mine, altered\n");
    const auto again = find(*reader, "mine").value();
    BOOST_TEST_REQUIRE(again.size() == 1u);
    BOOST_TEST(again[0] == "mine\r\n");
    f.put("new/2.host", "mine too\n");
    BOOST_TEST(find(*reader, "mine").value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(old_mail_is_left_alone) {
    folder f;
    f.put("cur/1:2,S", "mine\n");
    fs::last_write_time(f.root() / "cur/1:2,S", fs::file_time_type::clock::now() - std::chrono::hours(1));
    const auto reader = maildir_reader(f.root().string());
    BOOST_TEST(find(*reader, "mine").value().empty());
}

BOOST_AUTO_TEST_CASE(much_mail_in_one_look) {
    folder f;
    for (int i = 0; i < 12; ++i)
        f.put("new/" + std::to_string(i), "mine\n" + std::string(1 << 20, 'x') + "\n");
    const auto reader = maildir_reader(f.root().string());
    BOOST_TEST(find(*reader, "mine").value().size() == 12u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_said) {
    folder f;
    fs::create_symlink("new", f.root() / "new"); // a loop: fails for root too
    const auto reader = maildir_reader(f.root().string());
    const auto found = find(*reader, "x");
    BOOST_TEST_REQUIRE(!found.has_value());
    BOOST_TEST(found.error().text ==
               "cannot read the folder " + f.root().string() + "/new: Too many levels of symbolic links");
}

BOOST_AUTO_TEST_SUITE_END()
