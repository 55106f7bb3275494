"""How one talks: menus, dialogs, understanding."""
