<?php
// What the command-line programs of this folder share: BookStack, ready to be asked.
chdir('/var/www/bookstack');
require '/var/www/bookstack/vendor/autoload.php';
$app = require '/var/www/bookstack/bootstrap/app.php';
$app->make(Illuminate\Contracts\Console\Kernel::class)->bootstrap();

/** Return the administrators, oldest first. */
function administrators(): Illuminate\Support\Collection
{
    return BookStack\Users\Models\Role::getSystemRole('admin')->users()->reorder('users.id')->get();
}

/** Return a secret, or end with a failure when it is missing. */
function secret(string $name): string
{
    $value = trim((string) file_get_contents("/run/secrets/$name"));
    return strlen($value) >= 16 ? $value : fail("no secret $name");
}

/** Say what went wrong and end with a failure. */
function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}
