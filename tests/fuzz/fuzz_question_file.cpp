// Any bytes as a question file in Markdown.
#include "fuzz/fuzzed.h"
#include "qf/ingest/question_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  qf::QuestionFileProblems problems;
  (void)qf::parse_question_file(qf::as_text(data, size), problems);
  return 0;
}
