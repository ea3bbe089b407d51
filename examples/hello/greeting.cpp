#include "greeting.h"

#include <algorithm>
#include <map>
#include <string>

extern "C" int greet(const char *name, char *buffer, unsigned long size) {
    static const std::map<std::string, std::string> greetings = {{"world", "Hello"}, {"moon", "Good night"}};
    auto known = greetings.find(name);
    std::string text = (known == greetings.end() ? "Welcome" : known->second) + ", " + name + "!";
    if (size == 0) {
        return 0;
    }
    text.resize(std::min<std::string::size_type>(text.size(), size - 1));
    std::copy(text.begin(), text.end(), buffer);
    buffer[text.size()] = '\0';
    return static_cast<int>(text.size());
}
