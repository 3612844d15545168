// A file being written, and a folder whose entries must last: thin owners of descriptors whose
// every failure is a value. Nothing is buffered here: what append() took, the kernel has.
#pragma once
#include "reference/store/disk_error.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace refmail::store {

class file {
  public:
    static result<file> create(std::string path); // 0600; fails if it exists
    file(file&& other) noexcept
        : fd_(other.fd_)
        , path_(std::move(other.path_)) {
        other.fd_ = -1;
    }
    file& operator=(file&& other) noexcept;
    ~file();

    result<void> append(std::string_view octets);
    result<void> append_from(const file& other, off_t offset); // the rest of the other, from there
    result<void> sync();                                       // data and what is needed to find it
    const std::string& path() const { return path_; }

  private:
    file(int fd, std::string path)
        : fd_(fd)
        , path_(std::move(path)) {}
    int fd_ = -1;
    std::string path_;
};

class folder {
  public:
    static result<std::shared_ptr<const folder>> open(std::string path); // must exist
    ~folder();
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    result<void> sync() const; // names in it that came or went
    const std::string& path() const { return path_; }
    dev_t device() const { return device_; }
    // False once it was removed or replaced by another of its name: syncing this one would prove nothing.
    bool is_still_there() const;

  private:
    folder(int fd, dev_t device, ino_t number, std::string path)
        : fd_(fd)
        , device_(device)
        , number_(number)
        , path_(std::move(path)) {}
    int fd_;
    dev_t device_;
    ino_t number_;
    std::string path_;
};

// Creates what is missing (0700) and makes the new names last.
result<void> make_folders(const std::string& path);

} // namespace refmail::store
