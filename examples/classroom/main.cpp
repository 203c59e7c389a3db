// qf-classroom: writes the logs of an invented school.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "school.h"

namespace {

constexpr std::string_view kUsage =
    "usage: qf-classroom OUT [--seed N] [--teachers N] [--projects N] [--size MB] [--only-rules] [--strip-ids]\n"
    "\n"
    "Writes the logs of an invented school into the new or empty folder OUT. The same arguments give the same bytes.\n"
    "\n"
    "  --seed N       another school of the same kind (default 1)\n"
    "  --teachers N   how many teachers (default 14)\n"
    "  --projects N   how many projects of the current layout (default two a teacher; with --size one a megabyte)\n"
    "  --size MB      logs of about so many megabytes, without question files and links, in constant memory\n"
    "  --only-rules   only whole logs of the current layout: what rules for linking are to be judged by\n"
    "  --strip-ids    the same logs without suggestion_id and parent_id\n";

std::uint64_t number(std::string_view option, std::string_view text, std::uint64_t least) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < least || value > 1'000'000'000)
    throw std::invalid_argument(fmt::format("{} needs a whole number from {} on", option, least));
  return value;
}

classroom::SchoolPlan read_arguments(int count, char** values) {
  classroom::SchoolPlan school;
  school.arguments = "qf-classroom";
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = values[i];
    const auto value = [&](std::uint64_t least) {
      if (i + 1 == count) throw std::invalid_argument(fmt::format("{} needs a value", argument));
      const std::uint64_t read = number(argument, values[++i], least);
      school.arguments += fmt::format(" {} {}", argument, read);
      return read;
    };
    if (argument == "--seed")
      school.plan.seed = value(0);
    else if (argument == "--teachers")
      school.teachers = static_cast<std::size_t>(value(1));
    else if (argument == "--projects")
      school.projects = static_cast<std::size_t>(value(1));
    else if (argument == "--size")
      school.size_mb = value(1);
    else if (argument == "--only-rules") {
      school.only_rules = true;
      school.arguments += " --only-rules";
    } else if (argument == "--strip-ids") {
      school.plan.strip_ids = true;
      school.arguments += " --strip-ids";
    } else if (argument.starts_with("--") || !school.plan.out.empty())
      throw std::invalid_argument(fmt::format("unexpected argument {}", argument));
    else
      school.plan.out = argument;
  }
  if (school.plan.out.empty()) throw std::invalid_argument("OUT is missing");
  return school;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    fmt::print("{}", kUsage);
    return 0;
  }
  try {
    const classroom::SchoolPlan school = read_arguments(argc, argv);
    if (std::filesystem::exists(school.plan.out) && !std::filesystem::is_empty(school.plan.out))
      throw std::runtime_error(fmt::format("{} is not empty", school.plan.out.string()));
    const classroom::Expected expected = classroom::write_school(school);
    fmt::print("{} projects, {} files, {} lines, {} bytes, {} sittings\n", expected.projects, expected.files,
               expected.lines, expected.bytes, expected.sittings);
    return 0;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "qf-classroom: {}\n{}", error.what(), kUsage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "qf-classroom: {}\n", error.what());
  }
  return 2;
}
