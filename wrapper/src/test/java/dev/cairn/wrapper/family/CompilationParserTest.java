package dev.cairn.wrapper.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Hasher;
import dev.cairn.wrapper.family.CompilationParser.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompilationParserTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c a.c                         | a.o",
                "-c dir/a.cpp                   | a.o",
                "-c a.b.c                       | a.b.o",
                "-S a.c                         | a.s",
                "-S dir/x.cc                    | x.s",
                "-c a.c -o out/b.o              | out/b.o",
                "-c a.c -oout/b.o               | out/b.o",
                "-x c++ -c noextension -o n.o   | n.o",
                "-c -x c a.txt                  | a.o",
            })
    void theOutputIsWhereTheDriverPutsIt(String line, String output) {
        assertThat(understood(line).output()).isEqualTo(output);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c a.c -MD                        | a.d          | true",
                "-c dir/a.c -MD                    | a.d          | true",
                "-c a.c -MD -o out/x.o             | out/x.d      | true",
                "-c a.c -MD -o out/x               | out/x.d      | true",
                "-c a.c -MD -o out.d/x             | out.d/x.d    | true",
                "-c a.c -MD -o x.y.o               | x.y.d        | true",
                "-c a.c -MMD -MF f.dep             | f.dep        | false",
                "-c a.c -MMD -MFf.dep -MT t -MP    | f.dep        | false",
                "-c a.c -MD -MQ t -MF d/f.dep      | d/f.dep      | true",
                "-c a.c -Wp,-MD,k.d                | k.d          | true",
                "-c a.c -Wp,-MMD,k.d -o x.o        | k.d          | false",
            })
    void theDepfileIsWhereTheDriverPutsIt(String line, String path, boolean complete) {
        assertThat(understood(line).depfile()).contains(new Compilation.Depfile(path, complete));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-E a.c                            | not_a_compilation",
                "a.c                               | not_a_compilation",
                "a.o b.o -o prog                   | not_a_compilation",
                "-M a.c                            | not_a_compilation",
                "-c -v a.c                         | not_a_compilation",
                "-c -H a.c                         | not_a_compilation",
                "-c -### a.c                       | not_a_compilation",
                "-fsyntax-only a.c                 | not_a_compilation",
                "-print-prog-name=as               | not_a_compilation",
                "-c                                | no_source",
                "-c a.c b.c -o x.o                 | multiple_sources",
                "-c a.c b.c -MD -MF x.d            | multiple_sources",
                "-c a.c b.c -MD -MT x              | multiple_sources",
                "-c a.c d/a.c                      | multiple_sources",
                "-c -                              | stdin_source",
                "-x c -c -                         | stdin_source",
                "-c a.f90                          | unsupported_language",
                "-c a                              | unsupported_language",
                "-c a.c -o -                       | unsupported_output",
                "-c .c                             | unsupported_output",
                "-c a.c -o                         | missing_argument",
                "-c a.c -MD -MF                    | missing_argument",
                "-c a.c -I                         | missing_argument",
                "-c a.c --param                    | missing_argument",
                "-c a.c -include                   | missing_argument",
                "-c a.c -x                         | missing_argument",
                "-c a.c -MF f.d                    | unsupported_option",
                "-c a.c -MT t                      | unsupported_option",
                "-c a.c -MP                        | unsupported_option",
                "-c a.c -MD -MMD                   | unsupported_option",
                "-c a.c -MG -MD                    | unsupported_option",
                "-c a.s -MD                        | unsupported_option",
                "-c a.i -MD                        | unsupported_option",
                "-c a.c -o x.o -o y.o              | unsupported_option",
                "-c -S a.c                         | unsupported_option",
                "-c a.c -I=usr/include             | unsupported_option",
                "-c a.c -I-                        | unsupported_option",
                "-c a.c -save-temps=obj            | unsupported_option",
                "-c a.c -specs=f                   | unsupported_option",
                "-c a.c -Wa,-a=list                | unsupported_option",
                "-c a.c -Wp,-MD,x,-MT,y            | unsupported_option",
                "-c a.c -fdump-tree-all            | unsupported_option",
                "-c a.c -da                        | unsupported_option",
                "-c a.c -B tools                   | unsupported_option",
                "-c a.c -DT=__TIME__               | unsupported_option",
                "-c a.c -DH=__has_include(x)       | unsupported_option",
                "-c a.c -DI=.incbin                | unsupported_option",
                "-c a.c -Wp,-DX,-Ip                | unsupported_option",
                "-c a.c -Wmissing-include-dirs     | unsupported_option",
                "-c a.c -finput-charset=UTF-16LE   | unsupported_option",
                "-c a.c -remap                     | unsupported_option",
                "-c a.c -fvtv-counts               | unsupported_option",
                "-c a.c -fnew-flag=existing        | unknown_option",
                "-c a.c --frobnicate               | unknown_option",
            })
    void whatIsNotUnderstoodIsRefusedWithItsReason(String line, String reason) {
        for (Dialect dialect : Dialect.values()) {
            assertThat(parse(dialect, line))
                    .as("%s %s", dialect, line)
                    .isInstanceOfSatisfying(
                            Parsed.Refused.class,
                            refused -> assertThat(refused.refusal().reason()).isEqualTo(reason));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c a.c -O2 -g -Wall -Wextra -Werror -Wno-error=unused -std=c11 -fPIC -pthread -pipe",
                "-c a.c -DX -DY=1 -D Z=2 -UQ -U R -I. -Iinc -I inc2 -isystem sys -isystemsys2 -iquote q -idirafter after",
                "-c a.c -include pre.h -imacros mac.h -nostdinc -m32 -march=x86-64-v3 -mtune=generic",
                "-c a.c -Wp,-D_FORTIFY_SOURCE=2 -Wa,--noexecstack -Wl,-z,now -L/lib -lm",
                "-c a.c -fdebug-prefix-map=/a=b -ffile-prefix-map=/a=. -fmacro-prefix-map=x=y -fvisibility=hidden",
                "-c a.c -fsanitize=address,undefined -fno-sanitize-recover=all -flto -flto=auto -ffat-lto-objects",
                "-c a.c -fdiagnostics-color=always -fmax-errors=3 -ftemplate-depth=900 -fno-strict-aliasing",
                "-c a.c --param ssp-buffer-size=4 --param=max-inline-insns-single=100",
            })
    void usualFlagsAreUnderstood(String line) {
        for (Dialect dialect : Dialect.values()) {
            assertThat(parse(dialect, line)).as("%s %s", dialect, line).isInstanceOf(Parsed.Understood.class);
        }
    }

    @Test
    void everySpellingOfASearchDirectoryHasTheSameRole() {
        assertThat(understood("-c a.c -I x -Iy -isystem z -isystemw -idirafter v -iquote q -iquoter")
                        .line()
                        .searched())
                .containsExactly("q", "r", "x", "y", "z", "w", "v");
    }

    @Test
    void theSeparateScanGetsNothingThatNamesAnOutput() {
        assertThat(understood("-O2 -c a.c -o x.o -MMD -MF f.d -MT t -MP -Wp,-DX -I i")
                        .preprocessorArguments())
                .containsExactly("-O2", "a.c", "-Wp,-DX", "-I", "i");
    }

    @Test
    void namesOfOutputsAreNoPartOfTheKeyUnlessTheyShowInAnOutput() {
        assertThat(keyWords("-O2 -c a.c -o x.o"))
                .isEqualTo(keyWords("-O2 -c a.c -oy.o"))
                .containsExactly("-O2", "-c", "a.c", "SOURCE");
        assertThat(keyWords("-c a.c -o x.o -MD -MT t -MF f")).isEqualTo(keyWords("-c a.c -o y.o -MD -MT t -MF g"));
        assertThat(keyWords("-c a.c -o x.o -MD -MF f")).contains("x.o");
        assertThat(keyWords("-c a.c -o x.o -flto")).contains("x.o");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-nostdinc",
                "-trigraphs",
                "-undef",
                "-pthread",
                "-fPIC",
                "-g",
                "-Wall",
                "-pipe",
                "-m32",
                "-MP -MD"
            })
    void whatFollowsAnOptionWithoutValueStaysInTheKey(String option) {
        for (Dialect dialect : Dialect.values()) {
            for (String next : List.of("-DX=1", "-DX=2")) {
                List<Word> words = understood(dialect, "-c a.c " + option + " " + next)
                        .getFirst()
                        .words();
                assertThat(words).extracting(Word::text).contains(next);
            }
        }
    }

    @Test
    void nothingIsDroppedThatAMessageMayDependOn() {
        assertThat(keyWords("-c a.c -Wl,-z,now -L/x -lm -pipe")).contains("-Wl,-z,now", "-L/x", "-lm", "-pipe");
    }

    @Test
    void argumentsThatDecideToolsAreProbedWith() {
        assertThat(understood("-c a.c -m32 --sysroot=/s -nostdinc -O2").line().probes())
                .containsExactly("-m32", "--sysroot=/s", "-nostdinc");
    }

    @Test
    void aNativeProcessorIsSeenInEachSpelling() {
        assertThat(understood("-c a.c -march=native").line().nativeProcessor()).isTrue();
        assertThat(understood("-c a.c -mtune=native").line().nativeProcessor()).isTrue();
        assertThat(understood("-c a.c -mcpu=native+crypto").line().nativeProcessor())
                .isTrue();
        assertThat(understood("-c a.c -march=x86-64").line().nativeProcessor()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c a.c -o out/b.o -gsplit-dwarf        | DWO:out/b.dwo",
                "-c d/a.b.c -gsplit-dwarf               | DWO:a.b.dwo",
                "-c a.c -o out/b.y.o --coverage         | GCNO:out/b.y.gcno",
                "-c a.c -o out/b -fstack-usage          | SU:out/b.su",
                "-S a.c -ftest-coverage                 | GCNO:a.gcno",
            })
    void sideOutputsAreWhereTheDriverPutsThem(String line, String expected) {
        assertThat(understood(line).sideOutputs())
                .extracting(side -> side.role() + ":" + side.path())
                .containsExactly(expected);
    }

    @Test
    void eachSourceOfALineIsACompilationOfItsOwn() {
        List<Compilation> compilations = understood(Dialect.GCC, "-O2 -c a.c d/b.c -MD -x assembler-with-cpp z.x");
        assertThat(compilations).extracting(Compilation::output).containsExactly("a.o", "b.o", "z.o");
        assertThat(compilations.get(1).arguments()).doesNotContain("a.c", "z.x").contains("d/b.c");
        assertThat(compilations.get(2).language()).isEqualTo(Language.ASSEMBLER_SOURCE);
    }

    @Test
    void headersAreMadeIntoPrecompiledOnes() {
        assertThat(understood("-c a.h").output()).isEqualTo("a.h.gch");
        assertThat(understood("d/a.hpp").output()).isEqualTo("d/a.hpp.gch");
        assertThat(understood("-x c++-header a.c -o p.gch").language()).isEqualTo(Language.HEADER);
    }

    @Test
    void afterTwoDashesEverythingIsASource() {
        assertThat(understood(Dialect.CLANG, "-c -o x.o -- -a.c").getFirst().source())
                .isEqualTo("-a.c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c a.c -Xclang -include-pch -Xclang x.pch  | x.pch",
                "-c a.c -include-pch x.pch                  | x.pch",
                "-c a.c -fsanitize-ignorelist=f             | f",
                "-c a.c -fplugin=./p.so                     | ./p.so",
                "-c a.c -fprofile-use=p                     | p",
                "-c a.c -fmodule-file=name=m.pcm            | m.pcm",
            })
    void filesThatNoDependencyListNamesAreInputs(String line, String input) {
        assertThat(understood(Dialect.CLANG, line).getFirst().line().inputs()).containsExactly(input);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c a.c -Xclang -load -Xclang p.so",
                "-c a.c -Xclang -ast-dump",
                "-c a.c -Xclang -include-pch",
                "-c a.c -mllvm -print-after-all",
                "-c a.c -mllvm -profile-file=/x",
            })
    void whatClangsInnerCompilerWouldDoElseIsRefused(String line) {
        assertThat(parse(Dialect.CLANG, line)).isInstanceOf(Parsed.Refused.class);
    }

    @Test
    void responseFilesAreExpandedWhereTheyStand() throws IOException {
        Files.writeString(directory.resolve("inner"), "-DB='x y' \"-DC=\\\"q\\\"\"");
        Files.writeString(directory.resolve("outer"), "-DA\n@inner\t-DD=a\\ b");
        Compilation compilation = ((Parsed.Understood) CompilationParser.parse(
                        Dialect.GCC, directory.toString(), List.of("-c", "@outer", "a.c", "-O1")))
                .compilations()
                .getFirst();
        assertThat(compilation.arguments().stream().filter(a -> !a.isEmpty()))
                .containsExactly("-c", "-DA", "-DB=x y", "-DC=\"q\"", "-DD=a b", "a.c", "-O1");
        assertThat(compilation.line().responseFiles()).containsExactly(read("outer"), read("inner"));
    }

    private ResponseFile read(String name) throws IOException {
        Path path = directory.resolve(name);
        return new ResponseFile(path.toString(), Hasher.content(Files.readAllBytes(path)));
    }

    @Test
    void aResponseFileThatCannotBeReadIsRefused() {
        assertThat(parse(Dialect.GCC, "-c a.c @missing")).isInstanceOf(Parsed.Refused.class);
        assertThat(parse(Dialect.GCC, "-c a.c @/dev/null")).isInstanceOf(Parsed.Refused.class);
    }

    @Test
    void aResponseFileThatNamesItselfIsRefused() throws IOException {
        Files.writeString(directory.resolve("loop"), "@loop");
        assertThat(parse(Dialect.GCC, "-c a.c @loop")).isInstanceOf(Parsed.Refused.class);
    }

    @Test
    void languageOptionsHoldForWhatFollows() {
        assertThat(understood("-c -x assembler-with-cpp a.txt").language()).isEqualTo(Language.ASSEMBLER_SOURCE);
        assertThat(understood("-c -x c++ -x none a.s").language()).isEqualTo(Language.ASSEMBLER);
        assertThat(understood("-c a.c -x c++").language()).isEqualTo(Language.SOURCE);
    }

    @Test
    void everyRowOfTheOptionTableIsFoundByItsOwnText() {
        for (Dialect dialect : Dialect.values()) {
            for (String option :
                    List.of("-c", "-S", "-MD", "-I", "-include", "-march=", "-fsanitize=", "-Wa,--noexecstack")) {
                assertThat(OptionTable.of(dialect).find(option))
                        .map(Option::text)
                        .contains(option);
            }
        }
    }

    private List<String> keyWords(String line) {
        return understood(line).words().stream().map(Word::text).toList();
    }

    private Parsed parse(Dialect dialect, String line) {
        return CompilationParser.parse(
                dialect, directory.toString(), Arrays.asList(line.trim().split(" +")));
    }

    private Compilation understood(String line) {
        return understood(Dialect.GCC, line).getFirst();
    }

    private List<Compilation> understood(Dialect dialect, String line) {
        Parsed parsed = parse(dialect, line);
        assertThat(parsed).as(line).isInstanceOf(Parsed.Understood.class);
        return ((Parsed.Understood) parsed).compilations();
    }
}
