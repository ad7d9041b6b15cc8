// The forms in which Bora's own calls are awaited with arguments that g++ before 13 loses when they
// are written within the co_await. Each argument has a name, as these compilers demand.
// awaited_forms_test.cpp runs this program, compiled by g++ and by clang under AddressSanitizer. It
// prints what is wrong.

#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/executor.h>
#include <bora/core/gen.h>
#include <bora/core/queues.h>

using bora::Task;

namespace {

std::atomic<int> alive = 0;  // a job ends in its thread
std::atomic<int> mistakes = 0;

/// Text that notices when it is used or destroyed after its end.
class Value {
 public:
  explicit Value(std::string text) : text_(std::move(text)) { begin(); }
  Value(const Value& other) : text_(other.text()) { begin(); }
  Value(Value&& other) noexcept : text_(std::move(other.text_)) { begin(); }
  Value& operator=(Value other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Value() {
    if (self_ != this) ++mistakes;
    self_ = nullptr;
    --alive;
  }
  const std::string& text() const {
    if (self_ != this) ++mistakes;
    return text_;
  }

 private:
  void begin() noexcept {
    self_ = this;
    ++alive;
  }
  std::string text_;
  const Value* volatile self_ = nullptr;
};

struct Row {
  Value name;
  int number = 0;
};

class Service {
 public:
  explicit Service(bora::Executor& executor) : executor_(executor) {}

  Task<std::string> named_job(std::shared_ptr<Value> link) {
    auto job = [this, link] { return prefix_ + link->text(); };
    co_return co_await bora::run_in_executor(executor_, job);
  }
  Task<std::string> named_future(Value link) {
    auto answer = bora::run_in_executor(executor_, [this, link] { return prefix_ + link.text(); });
    co_return co_await answer;
  }
  Task<std::string> future_of_its_type(Value link) {
    bora::Future<std::string> answer =
        bora::run_in_executor(executor_, [this, link] { return prefix_ + link.text(); });
    std::string text = co_await std::move(answer);
    co_return text;
  }
  Task<std::string> trivial_captures(const Value& link) {
    co_return co_await bora::run_in_executor(executor_,
                                             [this, &link] { return prefix_ + link.text(); });
  }
  Task<std::string> owned_function(Value link) {
    std::function<std::string()> job = [this, link] { return prefix_ + link.text(); };
    co_return co_await bora::run_in_executor(executor_, std::move(job));
  }

 private:
  std::string prefix_ = "a prefix that is too long to be kept within the string, ";
  bora::Executor& executor_;
};

Task<void> put_all(bora::Queue<Row>& rows) {
  Row row{Value("named"), 1};
  co_await rows.put(row);
  auto moved = rows.put(std::move(row));
  co_await moved;
  auto made = rows.put({Value("made"), 2});
  co_await made;
  auto waiting = rows.put({.name = Value("waited"), .number = 3});
  co_await waiting;
}

Task<std::string> get_all(bora::Queue<Row>& rows) {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    const Row row = co_await rows.get();
    text += row.name.text() + std::to_string(row.number) + " ";
  }
  co_return text;
}

Task<std::string> queue() {
  bora::Queue<Row> rows(1);
  auto [nothing, text] = co_await bora::multi(put_all(rows), get_all(rows));
  static_cast<void>(nothing);
  co_return text;
}

Task<void> append(std::string& to, Value value) {
  co_await bora::moment;
  to += value.text();
}

Task<std::string> group() {
  std::string text;
  const Value value("group ");
  auto body = [&text, value](bora::TaskGroup& tasks) -> Task<void> {
    tasks.spawn(append(text, value));
    co_await bora::moment;
  };
  co_await bora::task_group(body);
  auto done = bora::task_group([&text, value](bora::TaskGroup& tasks) -> Task<void> {
    tasks.spawn(append(text, value));
    co_await bora::moment;
  });
  co_await done;
  co_return text;
}

void check(const std::string& got, const std::string& wanted) {
  if (got == wanted) return;
  std::printf("'%s' instead of '%s'\n", got.c_str(), wanted.c_str());
  ++mistakes;
}

void run_jobs(bora::IOLoop& loop) {
  bora::ThreadPool threads(1);
  bora::DummyExecutor here;
  const std::string wanted = "a prefix that is too long to be kept within the string, link";
  for (bora::Executor* executor : std::initializer_list<bora::Executor*>{&threads, &here}) {
    Service service(*executor);
    check(loop.run_sync(service.named_job(std::make_shared<Value>("link"))), wanted);
    check(loop.run_sync(service.named_future(Value("link"))), wanted);
    check(loop.run_sync(service.future_of_its_type(Value("link"))), wanted);
    const Value link("link");
    check(loop.run_sync(service.trivial_captures(link)), wanted);
    check(loop.run_sync(service.owned_function(Value("link"))), wanted);
  }
}

}  // namespace

int main() {
  bora::IOLoop& loop = bora::IOLoop::current();
  run_jobs(loop);
  check(loop.run_sync(queue()), "named1 named1 made2 waited3 ");
  check(loop.run_sync(group()), "group group ");
  if (alive != 0) std::printf("%d objects are left\n", alive.load());
  return mistakes == 0 && alive == 0 ? 0 : 1;
}
