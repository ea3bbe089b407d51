/**
 * Settings: what the environment and one TOML file say, and which of it counts. The door is {@link SettingsSource}; the
 * answer is a {@link Settings} with the origin of every value and a line for everything that could not be used. Nothing
 * here throws for what a user wrote, and nothing here knows the daemon or the command line.
 */
@NullMarked
package dev.cairn.wrapper.config;

import org.jspecify.annotations.NullMarked;
