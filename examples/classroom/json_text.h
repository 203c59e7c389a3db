// JSON as the two writers print it: Python with a space after comma and colon, Node without.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace classroom {

enum class Spacing { kPython, kCompact };

// Appends JSON to a string. The caller opens and closes; commas come by themselves.
class JsonText {
 public:
  JsonText(std::string& out, Spacing spacing) : out_(out), spaced_(spacing == Spacing::kPython) {}

  void open_object() { open('{'); }
  void open_object(std::string_view name) { key(name), out_ += '{', first_ = true; }
  void open_array() { open('['); }
  void open_array(std::string_view name) { key(name), out_ += '[', first_ = true; }
  void close_object() { out_ += '}', first_ = false; }
  void close_array() { out_ += ']', first_ = false; }

  void field(std::string_view name, std::string_view value) { key(name), quote(value); }
  void field(std::string_view name, const char* value) { field(name, std::string_view(value)); }
  void field(std::string_view name, const std::string& value) { field(name, std::string_view(value)); }
  void field(std::string_view name, bool value) { key(name), out_ += value ? "true" : "false"; }
  template <std::integral T>
  void field(std::string_view name, T value) {
    key(name), number(value);
  }
  void null(std::string_view name) { key(name), out_ += "null"; }
  // 85 becomes 0.85 and 90 becomes 0.9, as Python and JavaScript print them.
  void hundredths(std::string_view name, int value);
  void raw(std::string_view name, std::string_view json) { key(name), out_ += json; }

  // Members of the open object were appended past this writer: the next one needs a comma.
  void members_written() { first_ = false; }

  void item(std::string_view value) { comma(), quote(value); }
  template <std::integral T>
  void item(T value) {
    comma(), number(value);
  }

 private:
  void open(char bracket) { comma(), out_ += bracket, first_ = true; }
  void comma() {
    if (!first_) out_.append(", ", spaced_ ? 2 : 1);
    first_ = false;
  }
  void key(std::string_view name) {
    comma();
    out_ += '"';
    out_ += name;
    out_.append("\": ", spaced_ ? 3 : 2);
  }
  template <std::integral T>
  void number(T value) {
    char text[24];
    out_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
  void quote(std::string_view value);

  std::string& out_;
  bool spaced_;
  bool first_ = true;
};

}  // namespace classroom
