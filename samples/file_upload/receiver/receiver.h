#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <bora/web.h>
#include <bora/web/uploads.h>

namespace receiver {

using bora::Task;

class Receiver : public bora::web::Application {
 public:
  explicit Receiver(std::filesystem::path directory);

  const std::filesystem::path directory;  ///< where files are kept
};

/// A handler that reads its body piece by piece.
class Taker : public bora::web::RequestHandler {
 public:
  static constexpr bool stream_request_body = true;

  /// Allows a larger body than the server's limit, and any time for it.
  void prepare();

 protected:
  /// Returns where a file of this name is kept. Any name is safe: "../../etc/passwd" is "passwd".
  [[nodiscard]] std::filesystem::path place_of(std::string_view name) const;
  [[nodiscard]] const std::filesystem::path& directory() const;
};

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

/// A form with files.
class PostFiles : public Taker {
 public:
  void prepare();
  Task<void> data_received(std::string_view piece) { return uploads_->receive(piece); }
  Task<void> post();

 private:
  std::optional<bora::web::Uploads> uploads_;
};

/// A file that is the body.
class PutFile : public Taker {
 public:
  ~PutFile() override;
  void prepare();
  Task<void> data_received(std::string_view piece);
  Task<void> put(std::string name);

 private:
  std::filesystem::path unfinished_;  ///< removed with the handler
  std::ofstream file_;
  std::uint64_t size_ = 0;
};

}  // namespace receiver
