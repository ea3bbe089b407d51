"""The generated sources: deterministic for a seed, so that two runs on one machine compile the same."""

import random
from pathlib import Path

CPP_HEADERS = (
    "vector", "string", "map", "iostream", "algorithm", "memory", "functional", "unordered_map", "sstream", "thread",
)
C_HEADERS = ("stddef.h", "stdint.h", "limits.h", "errno.h", "string.h", "ctype.h", "stdlib.h", "time.h", "stdio.h")

# One unit of a C++ file. N is the unit's number, A to C are numbers that differ from file to file.
CPP_UNIT = """
class Shape@N@ {
public:
    virtual ~Shape@N@() = default;
    virtual double area() const { return @A@.5; }
    const std::string& name() const { return name_; }
protected:
    std::string name_ = "shape-@A@-@B@";
};

class Square@N@ final : public Shape@N@ {
public:
    explicit Square@N@(double side) : side_(side) { name_ += "/square-@C@"; }
    double area() const override { return side_ * side_ + @B@; }
private:
    double side_;
};

template <typename Key, typename Value>
class Table@N@ {
public:
    void put(Key key, Value value) { values_[std::move(key)].push_back(std::move(value)); ++puts_; }
    std::size_t count(const Key& key) const {
        auto found = values_.find(key);
        return found == values_.end() ? @A@ : found->second.size();
    }
    template <typename Predicate>
    std::vector<Value> select(Predicate wanted) const {
        std::vector<Value> result;
        for (const auto& entry : values_)
            std::copy_if(entry.second.begin(), entry.second.end(), std::back_inserter(result), wanted);
        return result;
    }
private:
    std::map<Key, std::vector<Value>> values_;
    std::size_t puts_ = @C@;
};

std::string report@N@(int limit) {
    Table@N@<std::string, int> table;
    std::vector<std::unique_ptr<Shape@N@>> shapes;
    std::ostringstream out;
    for (int i = 0; i < limit; ++i) {
        table.put("key-" + std::to_string(i % @A@), i * @B@);
        shapes.push_back(std::make_unique<Square@N@>(i + @C@));
    }
    for (int value : table.select([limit](int each) { return each % @B@ < limit; }))
        out << value << ' ';
    for (const auto& shape : shapes)
        out << shape->name() << '=' << shape->area() << '\\n';
    return out.str() + std::to_string(table.count("key-@C@"));
}
"""


def cpp_source(number: int, units: int, seed: int) -> str:
    """One C++ file that includes ten standard headers and has a body like no other file's."""
    draw = random.Random(f"{seed}/cpp/{number}")
    lines = [f"#include <{header}>\n" for header in CPP_HEADERS]
    lines.append(f"\nnamespace file{number} {{\n")
    for unit in range(units):
        text = CPP_UNIT.replace("@N@", str(unit))
        for name in "ABC":
            text = text.replace(f"@{name}@", str(draw.randrange(3, 1_000_000)))
        lines.append(text)
    lines.append("\nvoid run() {\n    std::thread worker([] {\n")
    lines += [f"        std::cout << report{unit}({draw.randrange(10, 1000)}) << std::endl;\n" for unit in range(units)]
    lines.append("    });\n    worker.join();\n}\n}\n")
    return "".join(lines)


def c_source(number: int, seed: int) -> str:
    """One tiny C file with three to five small system headers."""
    draw = random.Random(f"{seed}/c/{number}")
    headers = draw.sample(C_HEADERS, draw.randrange(3, 6))
    includes = "".join(f"#include <{header}>\n" for header in headers)
    return f"{includes}\nint value{number}(int x) {{ return x * {draw.randrange(2, 1000)} + {number}; }}\n"


def write_cpp(directory: Path, count: int, units: int, seed: int) -> list[str]:
    """Writes `count` C++ files and returns their names without suffix."""
    directory.mkdir(parents=True)
    names = [f"f{number:03d}" for number in range(count)]
    for number, name in enumerate(names):
        (directory / f"{name}.cpp").write_text(cpp_source(number, units, seed))
    return names


def write_c(directory: Path, count: int, seed: int) -> list[str]:
    """Writes `count` C files, a hundred to a folder, and returns their relative names without suffix."""
    names = [f"d{number // 100:03d}/f{number:05d}" for number in range(count)]
    for folder in sorted({name.split("/")[0] for name in names}):
        (directory / folder).mkdir(parents=True)
    for number, name in enumerate(names):
        (directory / f"{name}.c").write_text(c_source(number, seed))
    return names
