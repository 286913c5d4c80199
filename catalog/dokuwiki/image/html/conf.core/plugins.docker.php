<?php
// Updates come with the image.
$plugins["upgrade"] = 0;
