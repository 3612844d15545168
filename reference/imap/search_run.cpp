// SEARCH and UID SEARCH while they run: RFC 9051 §6.4.4; RFC 4731; RFC 5182; RFC 7162 §3.1.5.
#include "reference/imap/message_commands.hpp"
#include "reference/imap/searching_run.hpp"

namespace refmail::imap {

namespace {

class search_run final : public searching_run {
  public:
    search_run(selected_folder& in, modes& how, bool by_uid, search_program program, result_options options,
               std::string tag)
        : searching_run(in, how, by_uid, std::move(program))
        , options_(options)
        , tag_(std::move(tag)) {}

  private:
    bool found(response_writer& out, std::vector<place> places) override {
        const found_messages all{std::move(places), with_mod_sequence()};
        put_found(out, "SEARCH", tag_, all, options_, in_, how_, by_uid_);
        save_found(all, options_, in_);
        return result(completion::ok("SEARCH completed"));
    }
    void refused() override {
        // RFC 9051 §6.4.4.1: NO to SAVE leaves nothing saved.
        if (options_.save) in_.save({});
    }

    const result_options options_;
    const std::string tag_;
};

} // namespace

begun begin_search(cursor& arguments, selected_folder& in, modes& how, bool by_uid, std::string tag) {
    arguments.space();
    const auto options = read_result_options(arguments);
    auto program = read_search_program(arguments, how, false);
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<search_run>(in, how, by_uid, std::move(program), options, std::move(tag));
}

} // namespace refmail::imap
