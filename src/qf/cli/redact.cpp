#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/run/redact_text.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  RedactTextOptions redaction;
  std::string file = "-";
  bool trace = false, json_lines = false;
};

int redact_lines(std::istream& in, const Options& options) {
  const auto count = redact_json_lines(in, options.redaction, options.trace,
                                       [](const std::string& line) { fmt::print("{}\n", line); });
  return count ? kDone : report(count.error());
}

int redact_whole(std::istream& in, const Options& options) {
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto result = redact_text(text, options.redaction);
  if (!result) return report(result.error());
  if (options.json) {
    nlohmann::json spans = nlohmann::json::array();
    for (const MaskedSpan& span : result->spans) {
      nlohmann::json one = {{"begin", span.begin}, {"end", span.end}, {"type", span.type}, {"score", span.score}};
      if (options.trace) one["rule"] = span.rule;
      spans.push_back(std::move(one));
    }
    const nlohmann::json answer = {
        {"text", result->text},
        {"spans", spans},
        {"quarantine", result->quarantine.empty() ? nlohmann::json() : nlohmann::json(result->quarantine)}};
    print_json(answer);
  } else {
    fmt::print("{}", result->text);
  }
  if (options.trace && !options.json) {
    std::vector<std::vector<std::string>> rows = {{"bytes", "type", "score", "rule", "because"}};
    for (const MaskedSpan& span : result->spans)
      rows.push_back({fmt::format("{}-{}", span.begin, span.end), std::string(span.type),
                      fmt::format("{:.2f}", span.score), std::string(span.rule), std::string(span.meaning)});
    fmt::print(stderr, "{}", table_text(rows));
  }
  if (!result->quarantine.empty() && !options.json)
    fmt::print(stderr, "qf-dataset: a build would set this text apart for a person to look at: {}\n",
               result->quarantine);
  return kDone;
}

int run(const Options& options) {
  if (options.json && options.json_lines)
    return report({ErrorCode::kInvalidInput, "--jsonl writes JSON, a line for each text: leave out --json"});
  if (options.file == "-")
    return options.json_lines ? redact_lines(std::cin, options) : redact_whole(std::cin, options);
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return report({ErrorCode::kNotFound, fmt::format("{}: cannot be read", options.file)});
  return options.json_lines ? redact_lines(file, options) : redact_whole(file, options);
}

}  // namespace

void add_redact(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("redact", "masks names, numbers and addresses of people in a text of your own; keeps nothing");
  verb->add_option("FILE", options->file, "the text; - for standard input")->capture_default_str();
  verb->add_option("--profile", options->redaction.profile,
                   "strict: mask whatever may be a name; content: for questions, scientists' names stay")
      ->check(CLI::IsMember({"strict", "content"}))
      ->capture_default_str();
  verb->add_option("--identity", options->redaction.identities,
                   "a name, user name or mail address to mask in every inflection; repeatable");
  verb->add_option("--allow", options->redaction.allow, "a word or phrase that is no person here; repeatable");
  verb->add_flag("--trace", options->trace, "say which rule masked which bytes, never what stood there");
  verb->add_flag("--jsonl", options->json_lines,
                 R"(read {"id","text"} lines, write {"id","spans":[{"start","end","type","score"}]}, in code points)");
  add_json(*verb, *options);
  verb->footer(
      "Examples:\n  echo 'Anna nås på 070-123 45 67' | qf-dataset redact\n  qf-dataset redact --profile content "
      "--trace question.md");
  verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace qf::cli
