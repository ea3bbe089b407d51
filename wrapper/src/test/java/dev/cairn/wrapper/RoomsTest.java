package dev.cairn.wrapper;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import org.junit.jupiter.api.Test;

/** Imports point one way: wrapper and gha to remote, remote to cache; and the compiler families know no storage. */
class RoomsTest {
    private static final JavaClasses CAIRN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.cairn");

    @Test
    void allRoomsAreSeen() {
        assertThat(CAIRN.containPackage("dev.cairn.cache")).isTrue();
        assertThat(CAIRN.containPackage("dev.cairn.wrapper")).isTrue();
    }

    @Test
    void theCacheImportsNoOtherRoom() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.cairn.cache..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.cairn.remote..", "dev.cairn.wrapper..", "dev.cairn.gha.."));
    }

    @Test
    void theRemoteTierImportsNothingAboveIt() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.cairn.remote..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.cairn.wrapper..", "dev.cairn.gha.."));
    }

    @Test
    void theWrapperDoesNotImportTheAction() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.cairn.wrapper..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.cairn.gha.."));
    }

    @Test
    void theFamiliesKnowNoStorage() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.cairn.wrapper.family..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.cairn.cache..")
                        .and(not(belongToAnyOf(Digest.class, Hasher.class)))
                        .or(resideInAPackage("dev.cairn.remote.."))));
    }

    /** A room that has no classes yet breaks no rule. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CAIRN);
    }
}
