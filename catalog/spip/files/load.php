<?php
// What the command-line programs of this folder share.

/** Return what a secret's file says. */
function secret(string $name): string
{
    return trim((string) file_get_contents("/run/secrets/$name"));
}

/** Say what went wrong and end with a failure. */
function fail(string $message): never
{
    fwrite(STDERR, "Error: $message\n");
    exit(1);
}
