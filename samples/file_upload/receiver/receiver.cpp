#include "receiver.h"

#include <cstdint>
#include <system_error>
#include <utility>

#include <bora/core/executor.h>
#include <bora/http/http_connection.h>

#include "routes.h"
#include "views/home.h"

namespace receiver {
namespace {

constexpr std::uint64_t kMaxSize = std::uint64_t{4} << 30;

bora::web::Settings receiver_settings() {
  bora::web::Settings settings;
  settings.cross_origin_protection = true;
  return settings;
}

}  // namespace

Receiver::Receiver(std::filesystem::path directory)
    : Application(routes::table, receiver_settings()), directory(std::move(directory)) {
  std::filesystem::create_directories(this->directory);
}

void Home::get() {
  render(views::home{});
}

void Taker::prepare() {
  request().connection().set_max_body_size(kMaxSize + (1 << 20));
  request().connection().set_body_timeout(std::chrono::hours(1));
}

const std::filesystem::path& Taker::directory() const {
  return static_cast<Receiver&>(application()).directory;
}

std::filesystem::path Taker::place_of(std::string_view name) const {
  return directory() / bora::web::safe_filename(name);
}

// Unfinished files are in the same folder, so that they only have to be renamed.
void PostFiles::prepare() {
  Taker::prepare();
  uploads_.emplace(*this,
                   bora::web::UploadOptions{.directory = directory(), .max_file_size = kMaxSize});
}

Task<void> PostFiles::post() {
  uploads_->finish();  // 400 if the form has no end
  for (const bora::web::UploadedFile& file : uploads_->files()) {
    const std::filesystem::path place = place_of(file.filename);
    co_await uploads_->keep(file, place.string());
    write(place.filename().string() + ": " + std::to_string(file.size) + " bytes\n");
  }
}

void PutFile::prepare() {
  Taker::prepare();
  static std::uint64_t count = 0;
  unfinished_ = directory() / (".unfinished-" + std::to_string(++count));
  file_.open(unfinished_, std::ios::binary | std::ios::trunc);
}

// Disks block, and the loop must not. The piece stays valid until this function has ended.
Task<void> PutFile::data_received(std::string_view piece) {
  size_ += piece.size();
  co_await bora::run_in_executor(
      [this, piece] { file_.write(piece.data(), static_cast<std::streamsize>(piece.size())); });
}

Task<void> PutFile::put(std::string name) {
  const std::filesystem::path place = place_of(name);
  co_await bora::run_in_executor([this] { file_.close(); });
  if (!file_) throw bora::web::HTTPError(507).with_detail("The file could not be written.");
  std::filesystem::rename(unfinished_, place);
  set_status(201);
  write(place.filename().string() + ": " + std::to_string(size_) + " bytes\n");
}

PutFile::~PutFile() {
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
}

}  // namespace receiver
