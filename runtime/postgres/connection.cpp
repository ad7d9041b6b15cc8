#include <utility>

#include <bora/postgres/pool.h>

#include "runtime/postgres/pool_core.h"

namespace bora::postgres {

using database::Parameters;
using database::Rows;
using database::Statement;

namespace {

Link& require(const std::shared_ptr<Link>& link, const std::source_location& where) {
  if (link != nullptr) return *link;
  throw database::ConnectionError("the connection was given back to its pool", {.code = "08003"},
                                  where);
}

}  // namespace

Connection::Connection(std::shared_ptr<PoolCore> pool, std::shared_ptr<Link> link) noexcept
    : pool_(std::move(pool)), link_(std::move(link)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = std::move(other.pool_);
    link_ = std::move(other.link_);
  }
  return *this;
}
Connection::~Connection() {
  release();
}

void Connection::release() noexcept {
  if (link_ != nullptr) pool_->give_back(std::move(link_));
  link_ = nullptr;
}

bool Connection::is_open() const noexcept {
  return link_ != nullptr && link_->is_open();
}
int Connection::backend_pid() const noexcept {
  return link_ == nullptr ? 0 : link_->backend_pid();
}

Task<Rows> Connection::run(Statement statement, Parameters parameters) {
  Link& link = require(link_, statement.where());
  return link.run(std::move(statement), std::move(parameters));
}
Task<std::uint64_t> Connection::run_many(Statement statement, std::vector<Parameters> all) {
  Link& link = require(link_, statement.where());
  return link.run_many(std::move(statement), std::move(all));
}
Task<void> Connection::run_script(Statement script) {
  Link& link = require(link_, script.where());
  return link.run_script(std::move(script));
}

}  // namespace bora::postgres
