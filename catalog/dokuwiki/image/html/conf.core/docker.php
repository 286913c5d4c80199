<?php
// Defaults that this image makes possible.
$conf["userewrite"] = 1;
$conf["xsendfile"] = 2;
