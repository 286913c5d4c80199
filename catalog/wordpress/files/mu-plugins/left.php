<?php
/*
 * Plugin Name: Provisioner, people who left
 * Description: Whoever left can neither sign in nor ask for a new password, until an administrator gives them a role.
 */

add_filter('authenticate', function ($user) {
    $left = $user instanceof WP_User && get_user_meta($user->ID, 'provisioner_left', true);
    return $left ? new WP_Error('invalid_username', __('<strong>Error:</strong> Invalid username, email address or incorrect password.')) : $user;
}, 1000);
add_filter('allow_password_reset', fn ($allowed, $id) => $allowed && !get_user_meta($id, 'provisioner_left', true), 10, 2);
add_action('set_user_role', function ($id, $role) {
    if ($role) {
        delete_user_meta($id, 'provisioner_left');
    }
}, 10, 2);
