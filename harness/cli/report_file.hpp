// A report that appears whole or not at all: written beside its place under another name, and renamed when
// it is complete. That it can be written is found out when it is opened, before a run. RAII: one that was
// not committed leaves nothing behind.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace mailspec::cli {

class report_file {
  public:
    // Throws a refusal that names the option and the path.
    report_file(const std::string& option, std::string path);
    ~report_file();
    report_file(const report_file&) = delete;
    report_file& operator=(const report_file&) = delete;

    void commit(std::string_view text); // throws a refusal, e.g. when the disk is full
    const std::string& path() const { return path_; }

  private:
    [[noreturn]] void refuse(int error) const;

    std::string option_, path_, beside_; // beside_ empty: a device or pipe, written as it is
    int file_ = -1;
};

} // namespace mailspec::cli
