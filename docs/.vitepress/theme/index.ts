import DefaultTheme from 'vitepress/theme';
import './wider.css';

export default DefaultTheme;
