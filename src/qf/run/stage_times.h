// How long the stages of a build took, in the order of the path.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

namespace qf {

struct StageTime {
  std::string_view name;  // a literal
  double seconds = 0;     // of the wall clock
};

class StageTimes {
 public:
  // What ran since the last end, or since the beginning, was this stage.
  void end(std::string_view name) {
    const auto now = std::chrono::steady_clock::now();
    list_.push_back({name, std::chrono::duration<double>(now - last_).count()});
    last_ = now;
  }
  const std::vector<StageTime>& list() const { return list_; }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::vector<StageTime> list_;
};

}  // namespace qf
