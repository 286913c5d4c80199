<?php
// The volume holds all data.
$conf["savedir"] = "/storage/data";
